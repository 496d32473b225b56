//! Parameters, of traits and of methods.

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::sync::Arc;

use weakref_core::{Proxy, ReferenceError, Slotted, proxy};

#[proxy]
trait Store<'a, K: Clone + 'a, V = String, const N: usize = 2>
where
    V: From<&'a str>,
    Self: Sync,
    Self::Error: Debug,
{
    type Error: Clone;
    type Lent<'b>
    where
        Self: 'b;
    const SIZE: usize = N;

    fn get_all(&self, key: &K) -> Result<[V; N], Self::Error>;
    fn same(&self, text: &'a str) -> &'a str;
    fn convert<T: From<u8> + Default, const M: usize>(&self, f: impl Fn(T) -> T) -> [T; M]
    where
        T: Copy;
    fn longer<'x, 'y: 'x>(&self, one: &'x str, two: &'y str) -> &'x str;
    fn own<'s>(&'s self, text: &'a str) -> Cow<'a, str>;
    fn call(&self, f: &dyn for<'x> Fn(&'x str) -> &'x str) -> Box<dyn Fn(&str) -> &str>;
    fn pointer(&self) -> fn(&str) -> &str;
    fn keys(&self) -> impl Iterator<Item = u8> + use<'a, Self, K, V, N>;
    fn only_for_values(&self) -> u8
    where
        Self: Sized,
    {
        1
    }
    #[proxy(skip)]
    fn lend(&self) -> Option<Self::Lent<'_>> {
        None
    }
}

struct Words(Vec<u8>);

impl<'a> Store<'a, u8> for Words {
    type Error = u8;
    type Lent<'b> = &'b [u8];

    fn get_all(&self, key: &u8) -> Result<[String; 2], u8> {
        if *key == 0 { Err(7) } else { Ok(["a".into(), "b".into()]) }
    }
    fn same(&self, text: &'a str) -> &'a str {
        text
    }
    fn convert<T: From<u8> + Default, const M: usize>(&self, f: impl Fn(T) -> T) -> [T; M]
    where
        T: Copy,
    {
        [f(T::from(self.0[0])); M]
    }
    fn longer<'x, 'y: 'x>(&self, one: &'x str, two: &'y str) -> &'x str {
        if one.len() > two.len() { one } else { two }
    }
    fn own<'s>(&'s self, text: &'a str) -> Cow<'a, str> {
        text.into()
    }
    fn call(&self, f: &dyn for<'x> Fn(&'x str) -> &'x str) -> Box<dyn Fn(&str) -> &str> {
        assert_eq!(f("x"), "x");
        Box::new(|text| text)
    }
    fn pointer(&self) -> fn(&str) -> &str {
        |text| text
    }
    fn keys(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.0.clone().into_iter()
    }
    fn only_for_values(&self) -> u8 {
        2
    }
    fn lend(&self) -> Option<&[u8]> {
        Some(&self.0)
    }
}

fn used<'a, S: Store<'a, u8, Error = u8>>(store: &S, text: &'a str) -> (u8, usize) {
    assert_eq!(store.get_all(&0), Err(7));
    assert_eq!(store.get_all(&1).unwrap(), ["a", "b"]);
    assert_eq!(store.same(text), text);
    assert_eq!(store.convert::<u16, 3>(|it| it + 1), [2; 3]);
    assert_eq!(store.longer("one", "three"), "three");
    assert_eq!(store.own(text), text);
    assert_eq!(store.call(&|text| text)("y"), "y");
    assert_eq!(store.pointer()("z"), "z");
    assert_eq!(store.keys().collect::<Vec<_>>(), [1, 2]);
    (store.only_for_values(), S::SIZE)
}

#[test]
fn all_of_them_are_passed_on() {
    let text = String::from("text");
    let owner: Arc<Slotted<Words>> = Arc::new(Slotted::new(Words(vec![1, 2])));
    let proxy = Proxy::new(&owner);
    assert_eq!(used(&proxy, &text), (2, 2));
    assert_eq!(used(&*owner, &text), (2, 2));
    assert!(proxy.lend().is_none(), "the default, of the proxy");
    assert_eq!((*owner).lend(), Some(&[1, 2][..]), "which is no proxy");
    assert_eq!(proxy.try_convert::<u8, 2>(|it| it), Ok([1, 1]));
    assert_eq!(proxy.try_same("s"), Ok("s"));
    let keys = proxy.try_keys().unwrap();
    drop(owner);
    assert_eq!(keys.collect::<Vec<_>>(), [1, 2]);
    assert!(matches!(proxy.try_keys(), Err(ReferenceError)));
}

/// What a supertrait asks is asked of the proxy.
#[test]
fn supertraits_are_those_of_the_proxy() {
    #[proxy]
    trait Base {
        fn base(&self) -> u8;
    }
    #[proxy]
    trait Named: Base + Debug + Send + Sync + 'static {
        fn name(&self) -> String {
            format!("{}", self.base())
        }
    }
    impl Base for u8 {
        fn base(&self) -> u8 {
            *self
        }
    }
    impl Named for u8 {}

    fn take(named: impl Named) -> String {
        assert!(format!("{named:?}").starts_with("Proxy"));
        named.name()
    }
    let owner = Arc::new(Slotted::<_>::new(7_u8));
    assert_eq!(take(Proxy::new(&owner)), "7");
    let boxed: Box<dyn TryNamed> = Box::new(Proxy::new(&owner));
    assert_eq!((boxed.base(), boxed.name().as_str()), (7, "7"));
    assert_eq!(boxed.try_name().as_deref(), Ok("7"));
}

/// A parameter that is `Self` unless it is said otherwise.
#[test]
fn a_parameter_may_have_a_default() {
    #[proxy]
    trait Join<Rhs: ?Sized = Self> {
        fn join(&self, rhs: &Rhs) -> String;
    }
    struct Text(&'static str);
    impl<T: Display + ?Sized> Join<T> for Text {
        fn join(&self, rhs: &T) -> String {
            format!("{}{rhs}", self.0)
        }
    }
    let owner = Arc::new(Slotted::<_>::new(Text("a")));
    assert_eq!(Proxy::new(&owner).join("b"), "ab");
    assert_eq!(Proxy::new(&owner).try_join(&1).as_deref(), Ok("a1"));
}
