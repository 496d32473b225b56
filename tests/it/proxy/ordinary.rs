//! Code that has nothing to do with proxies, and compiles although they have operators.
//!
//! An `Add` of the crate's for std's types is one more that the compiler must think of wherever a type
//! is not known yet. Each of these lines has been compiled without the crate as well.
#![allow(unused, clippy::all, clippy::pedantic)]

use std::collections::*;
use std::ops::*;
use std::time::*;

use weakref_core::{Proxy, Slotted};

type R<T> = Result<T, Box<dyn std::error::Error>>;
fn one(o: i64, s: &str, v: Vec<i64>, x: u8, y: f32) -> R<i64> {
    let t: i64 = v.iter().sum::<i64>() + o;
    let a = 5 + s.parse::<i64>()?;
    let u: i64 = x.try_into()?;
    let w = i64::try_from(s.len())?;
    let f = v.iter().fold(0, |a, b| a + b);
    let g = v.iter().map(|x| x * 2).map(|x| x - 1).sum::<i64>();
    let h = v.iter().zip(&v).map(|(a, b)| a * b).max().unwrap_or(0);
    let mut acc = 0;
    for i in &v {
        acc += i;
        acc -= *i;
        acc += 1;
    }
    let k: f64 = 1.0 + f64::from(y);
    let m = 2.0 * k.sqrt() - 1.0 / k;
    let n = v.iter().copied().reduce(|a, b| a.max(b) + 1).unwrap();
    let p = 1 << x;
    let q = 1u64 << (o & 63);
    let r = !x & 0xf | 1;
    let st = String::new()
        + s
        + &String::from("x")
        + &s.to_string()
        + &format!("{x}")
        + &*s
        + &Box::<str>::from("q");
    let d = Duration::from_secs(1) * 3 + Duration::from_millis(5) / 2;
    let i = Instant::now() + d;
    let e = i.elapsed() < d && x == 3 && s == "x" && s.to_string() == *"x" && st == s;
    let len: u32 = s.len().try_into().unwrap();
    let b = u8::try_from('a')?;
    let c = char::try_from(97u32)?;
    let cc: char = x.into();
    let z = String::try_from("x")?;
    let idx = v[(o as usize + 1) % v.len()];
    let big = u128::from(x) * 3 + 1;
    let neg = -v[0] + -1 - -o;
    let sum: f64 = [1.0, 2.0].iter().sum();
    let mean = sum / [1, 2].len() as f64;
    let xs: Vec<f64> = [1.0, 2.0].iter().map(|x| 2.0 * x + 1.0).collect();
    let dot = xs.iter().zip(&xs).fold(0.0, |a, (x, y)| a + x * y);
    let set: HashSet<i32> = &HashSet::from([1]) | &HashSet::from([2]);
    let w = std::num::Wrapping(3u8) + std::num::Wrapping(4);
    let closure = |a, b| a + b;
    let cl: i32 = closure(1, 2);
    let cl2 = |a: &i64| a + 1;
    let cl3 = (1..=10).map(|x| x * x).filter(|x| x % 2 == 0).sum::<u32>();
    let mut m = HashMap::new();
    for word in s.split(' ') {
        *m.entry(word).or_insert(0) += 1;
    }
    let cnt: usize = m.values().sum::<usize>() + m.values().copied().max().unwrap_or_default();
    let avg = m.values().map(|&x| x as f64).sum::<f64>() / 2.;
    let mut it = v.iter();
    let first = it.next().map_or(0, |x| x + 1) + it.next().map(|x| x ^ 1).unwrap_or(1);
    let o2 = Option::<i64>::None.map(|x| 5 - x).unwrap_or_else(|| 3 + t);
    let mut bits = 0u32;
    bits |= 1 << 3;
    bits ^= bits >> 1;
    bits <<= 2u8;
    let bb = true & (x > 3) | e ^ false;
    let arr = [[0; 3]; 3];
    let s3: i32 = arr.iter().flatten().sum();
    let v2: Vec<_> = v.iter().map(|x| i32::try_from(*x)).collect::<Result<_, _>>()?;
    let v3: Vec<i32> = v.iter().map(|&x| x.try_into()).collect::<Result<_, _>>()?;
    let sq = gen_sum(&[1, 2, 3]) + gen_ref::<i32>(&[1, 2]);
    let cmp = v.iter().any(|x| x == &3 || *x == 4 || 5 == *x);
    let parsed = s.parse().unwrap_or(0) == 0;
    let p2: i32 = s.parse::<i32>()? + "4".parse::<i32>()?;
    for x in &v2 {}
    for (i, x) in v3.iter().enumerate() {
        let _ = i + 1;
    }
    let ext: Vec<i32> = {
        let mut e = Vec::new();
        e.extend(&v2);
        e
    };
    Ok(t + a)
}
fn gen_sum<T: Copy + Add<Output = T> + Default>(v: &[T]) -> T {
    v.iter().fold(T::default(), |a, b| a + *b)
}
fn gen_ref<T>(v: &[T]) -> T
where
    for<'a> &'a T: Add<&'a T, Output = T> + Mul<&'a T, Output = T>,
{
    &(&v[0] + &v[1]) * &v[1]
}
fn gen_three<T>(a: &T, b: &T, c: T) -> T
where
    T: Clone + for<'a> Add<&'a T, Output = T> + for<'a> AddAssign<&'a T> + From<u8>,
    for<'a> &'a T: Sub<&'a T, Output = T> + Sub<T, Output = T>,
{
    let mut x = c + a;
    x += b;
    let y = &x - b;
    &y - (a - &x) + &T::from(1)
}
fn gen_iter<C>(c: &C) -> usize
where
    for<'a> &'a C: IntoIterator<Item = &'a i32>,
{
    c.into_iter().map(|x| x + 1).count()
}
fn gen_iter2<C, T>(c: &C) -> Vec<T>
where
    for<'a> &'a C: IntoIterator<Item = &'a T>,
    T: Clone,
{
    c.into_iter().cloned().collect()
}
fn gen_conv<T, U>(t: T) -> U
where
    U: TryFrom<T>,
    <U as TryFrom<T>>::Error: std::fmt::Debug,
{
    t.try_into().unwrap()
}
fn gen_lhs<T>(t: T) -> f64
where
    f64: Mul<T, Output = f64>,
{
    2.0 * t
}
fn gen_lhs_ref<T>(t: &T) -> f64
where
    for<'a> f64: Mul<&'a T, Output = f64>,
{
    2.0 * t
}
fn gen_both<'a, T>(t: &'a T, x: f64) -> T
where
    &'a T: Mul<f64, Output = T>,
    f64: Mul<&'a T, Output = T>,
    T: Add<T, Output = T>,
{
    t * x + x * t
}
struct V2(f64, f64);
impl Add for V2 {
    type Output = V2;
    fn add(self, o: V2) -> V2 {
        V2(self.0 + o.0, self.1 + o.1)
    }
}
impl<'a> Add<&'a V2> for &V2 {
    type Output = V2;
    fn add(self, o: &V2) -> V2 {
        V2(self.0 + o.0, self.1 + o.1)
    }
}
impl Mul<f64> for &V2 {
    type Output = V2;
    fn mul(self, o: f64) -> V2 {
        V2(self.0 * o, self.1 * o)
    }
}
impl Mul<V2> for f64 {
    type Output = V2;
    fn mul(self, o: V2) -> V2 {
        &o * self
    }
}
impl Mul<&V2> for f64 {
    type Output = V2;
    fn mul(self, o: &V2) -> V2 {
        o * self
    }
}
fn two() {
    let a = V2(1., 2.);
    let b = 2.0 * &a + 3. * V2(1., 1.);
    let c = &(&a + &b) * 2.;
    let d = gen_iter(&vec![1, 2]) + gen_iter(&BTreeSet::from([1]));
    let e = gen_conv::<_, u8>(3i32);
    let f: u16 = gen_conv(3u32);
    let g = gen_lhs(3.0) + gen_lhs_ref(&2.0);
    gen_both(&a, 2.0);
    gen_iter2(&vec![1]);
    gen_three(&1u64, &2, 3);
}

fn gen_inf<T>() -> T
where
    T: Default + Clone,
    for<'a> &'a T: Add<&'a T, Output = T> + Neg<Output = T>,
{
    let t = T::default();
    &t + &-&t
}
fn gen_default_iter<C: Default>() -> usize
where
    for<'a> &'a C: IntoIterator<Item = &'a i32>,
{
    let c = C::default();
    (&c).into_iter().count()
}
fn gen_cmp<T: PartialEq<U>, U>(t: T, u: U) -> bool {
    t == u
}
#[test]
fn inferred() {
    let a = gen_ref(&[1.0, 2.0]) as i32 + gen_ref(&[1, 2]);
    let b = gen_three(&1, &2, 3_i32);
    let b = gen_three(&1, &2, 3);
    let c: f32 = gen_inf();
    let d = gen_lhs(1.0) + gen_lhs_ref(&1.0);
    let e = gen_default_iter::<Vec<i32>>();
    let f = gen_cmp(1, 2) && gen_cmp("a", "b") && gen_cmp(String::new(), "x");
    let g = [1, 2, 3].iter().map(|x| x + 1).map(|x| &x - 1).fold(0, |a, b| &a + &b);
    let h = |a: &_, b: &i32| -> i32 {
        let c: &i32 = a;
        c + b
    };
    let i: Vec<i32> = vec![1];
    let j = i.iter().fold(1, |a, &b| a * 10 + b) % 7;
    let k = [1.5].iter().cloned().fold(f64::NAN, f64::max) - 1.;
    let l: i32 = [1, 2].iter().product();
    let m = l - [1].iter().sum::<i32>();
    let n = 10 - i.len() as i32 + i32::from_str_radix("1", 10).unwrap();
    let o = "1".parse().map_or(0, |x: i32| 1 + x);
    let p = std::iter::successors(Some(1), |x| Some(x * 2)).take_while(|x| *x < 100).last();
    let q =
        i.windows(2).all(|w| w[0] + 1 == w[1]) && i.first() == Some(&1) && i == [1] && 1 == i[0];
    let r: u64 = (1..=20).product();
    let s = r / 2 % 3 + 4 & 5;
    let mut t = 0;
    for (i, b) in b"abc".iter().enumerate() {
        t |= (*b as u32) << (8 * i);
        t = t ^ 1;
    }
    let mut u = Default::default();
    u += 1.5;
    let v: f64 = u;
    println!("{a}{b}{c}{d}{e}{f}");
}
