//! Parameters, results, and where such a closure can be passed.
#![allow(clippy::many_single_char_names, clippy::too_many_arguments)]

use std::collections::BTreeMap;

use weakref_core::{weak_fn, weak_fn_or};

use super::{Hears, Obj, Ptr, owner};

/// The parameters are taken by value, by reference, and apart.
struct Event {
    id: u64,
}

#[test]
fn every_number_of_parameters() {
    let one = owner(1_u64);
    let f0 = weak_fn!(&one, |one| **one);
    let f1 = weak_fn!(&one, |one, a: u8| **one + u64::from(a));
    let f2 = weak_fn!(&one, |one, a: u8, b: &u64| **one + u64::from(a) + b);
    let f3 =
        weak_fn!(&one, |one, a: u8, b: &u64, c: char| { **one + u64::from(a) + b + u64::from(c) });
    let f4 = weak_fn!(&one, |one, a: u8, b: &u64, c: char, d: [u64; 1]| {
        **one + u64::from(a) + b + u64::from(c) + d[0]
    });
    let f5 = weak_fn!(&one, |one, a: u8, b: &u64, c: char, d: [u64; 1], e: Option<u64>| {
        **one + u64::from(a) + b + u64::from(c) + d[0] + e.unwrap()
    });
    let f6 =
        weak_fn!(&one, |one, a: u8, b: &u64, c: char, d: [u64; 1], e: Option<u64>, f: &Event| {
            **one + u64::from(a) + b + u64::from(c) + d[0] + e.unwrap() + f.id
        });
    let f7 = weak_fn!(&one, |one,
                             a: u8,
                             b: &u64,
                             c: char,
                             d: [u64; 1],
                             e: Option<u64>,
                             f: &Event,
                             g: Vec<u64>| {
        **one + u64::from(a) + b + u64::from(c) + d[0] + e.unwrap() + f.id + g[0]
    });
    let f8 = weak_fn!(&one, |one,
                             a: u8,
                             b: &u64,
                             c: char,
                             d: [u64; 1],
                             e: Option<u64>,
                             f: &Event,
                             g: Vec<u64>,
                             h: Box<dyn Fn() -> u64>| {
        **one + u64::from(a) + b + u64::from(c) + d[0] + e.unwrap() + f.id + g[0] + h()
    });
    let event = Event { id: 64 };
    let h = || Box::new(|| 256);
    let all = || {
        [
            f0(),
            f1(2),
            f2(2, &4),
            f3(2, &4, '\u{8}'),
            f4(2, &4, '\u{8}', [16]),
            f5(2, &4, '\u{8}', [16], Some(32)),
            f6(2, &4, '\u{8}', [16], Some(32), &event),
            f7(2, &4, '\u{8}', [16], Some(32), &event, vec![128]),
            f8(2, &4, '\u{8}', [16], Some(32), &event, vec![128], h()),
        ]
    };
    assert_eq!(all(), [1, 3, 7, 15, 31, 63, 127, 255, 511].map(Some));
    drop(one);
    assert_eq!(all(), [None; 9]);
}

#[test]
fn a_parameter_is_any_pattern() {
    let base = owner(1);
    let take_apart =
        weak_fn!(&base, |base: &Obj<u64>,
                         (a, [b, ..]): (u64, [u64; 3]),
                         mut c: Vec<u64>,
                         &d: &u64,
                         Event { id }: &Event,
                         _: BTreeMap<String, Vec<(u8, u8)>>| {
            c.push(a + b + d + id + **base);
            c
        });
    let sums = take_apart((2, [4, 5, 6]), vec![0], &8, &Event { id: 16 }, BTreeMap::new());
    assert_eq!(sums, Some(vec![0, 31]));

    let ignores_the_object = weak_fn!(&base, |_, text: &str| text.len());
    assert_eq!(ignores_the_object("text"), Some(4));
    drop(base);
    assert_eq!(ignores_the_object("text"), None);
}

/// Calls it with a text that is shorter-lived than the closure.
fn hear(hears: &impl Fn(&str) -> Option<usize>) -> Option<usize> {
    let text = String::from("short");
    hears(&text)
}

#[test]
fn a_reference_may_have_any_lifetime() {
    let factor = owner(2);
    let written = weak_fn!(&factor, |factor, text: &str| text.len() * **factor);
    assert_eq!(hear(&written), Some(10));
    assert_eq!(hear(&weak_fn!(&factor, |factor, text| text.len() + **factor)), Some(7));
    let boxed: Hears = Box::new(weak_fn!(&factor, |factor, text| text.len() - **factor));
    let all: [Hears; 3] = [Box::new(written), boxed, Box::new(|text| Some(text.len()))];
    assert_eq!(all.each_ref().map(hear), [Some(10), Some(3), Some(5)]);
    drop(factor);
    assert_eq!(all.each_ref().map(hear), [None, None, Some(5)]);
}

#[test]
fn several_references_are_apart() {
    type Appends = dyn Fn(&str, &mut Vec<String>) -> Option<usize>;
    let mark = owner("!");
    let append: Box<Appends> = Box::new(weak_fn!(&mark, |mark, text, all| {
        all.push(format!("{text}{}", **mark));
        all.len()
    }));
    let mut all = Vec::new();
    {
        let text = String::from("short");
        assert_eq!(append(&text, &mut all), Some(1));
    }
    assert_eq!(append("static", &mut all), Some(2));
    assert_eq!(all, ["short!", "static!"]);
}

#[test]
fn a_parameter_may_be_returned() {
    fn longer<'a>(text: &'a str, choose: impl Fn(&'a str) -> Option<&'a str>) -> Option<&'a str> {
        choose(text)
    }
    let at = owner(2);
    let text = String::from("text");
    assert_eq!(longer(&text, weak_fn!(&at, |at, text| &text[**at..])), Some("xt"));
}

#[test]
fn it_may_change_and_consume_what_it_owns() {
    let step = owner(2);
    let mut sum = 0;
    let mut add = weak_fn!(&step, |step, times: i32| {
        sum += **step * times;
        sum
    });
    assert_eq!([add(1), add(10)], [Some(2), Some(22)]);
    let text = String::from("text");
    let consume = weak_fn!(&step, |step| (text, **step));
    assert_eq!(consume(), Some(("text".to_owned(), 2)));
    drop(step);
    assert_eq!(add(1), None);
}

#[test]
fn return_and_the_question_mark_leave_the_body() {
    let limit = owner(10);
    let halve = weak_fn!(&limit, move |limit, number: i32| -> Result<i32, String> {
        if number > **limit {
            return Err(format!("{number} > {}", **limit));
        }
        let text = if number % 2 == 0 { "2" } else { "two" };
        Ok(number / text.parse::<i32>().map_err(|error| error.to_string())?)
    });
    assert_eq!(halve(8), Some(Ok(4)));
    assert_eq!(halve(12), Some(Err("12 > 10".to_owned())));
    assert!(matches!(halve(7), Some(Err(_))));
    drop(limit);
    assert_eq!(halve(8), None);

    let default = owner(7);
    let or = weak_fn_or!(&default, return -1, |default, number: Option<i32>| {
        if let Some(number) = number {
            return number;
        }
        **default
    });
    assert_eq!((or(Some(1)), or(None)), (1, 7));
    drop(default);
    assert_eq!(or(Some(1)), -1);
}

#[test]
fn the_default_is_evaluated_when_it_is_needed() {
    let object = owner(7);
    let mut defaults = 0;
    let mut call = weak_fn_or!(
        &object,
        {
            defaults += 10;
            defaults
        },
        |object, more: i32| **object + more
    );
    assert_eq!((call(1), call(2)), (8, 9));
    drop(object);
    assert_eq!((call(1), call(2)), (10, 20));
}

#[test]
fn a_default_has_no_parameters_to_know() {
    let object = owner(7);
    let number = 3;
    // The default's `number` is the one outside.
    let call = weak_fn_or!(&object, number, move |object: &Obj<i32>| -> i32 { **object });
    assert_eq!(call(), 7);
    drop(object);
    assert_eq!(call(), 3);
}

#[test]
fn a_callback_without_result() {
    fn each(texts: &[&str], mut callback: impl FnMut(&str)) {
        for text in texts {
            callback(text);
        }
    }
    let factor = owner(2);
    let mut lengths = Vec::new();
    each(
        &["a", "text"],
        weak_fn_or!(&factor, (), |factor, text| lengths.push(text.len() * **factor)),
    );
    let callback = weak_fn_or!(&factor, (), |_, _: &str| unreachable!());
    drop(factor);
    each(&["a", "text"], callback);
}

#[test]
fn the_owner_is_any_expression_and_evaluated_once() {
    struct Holder {
        owners: Vec<Ptr<Obj<i32>>>,
        used: usize,
    }

    impl Holder {
        fn next(&mut self) -> &Ptr<Obj<i32>> {
            self.used += 1;
            &self.owners[self.used - 1]
        }

        fn first(&self) -> impl Fn() -> Option<i32> + use<> {
            weak_fn!(&self.owners[0], |first| **first)
        }
    }

    let mut holder = Holder { owners: [1, 2].map(owner).into(), used: 0 };
    let numbers = [(); 2].map(|()| weak_fn!(holder.next(), |number, more: i32| **number + more));
    assert_eq!(numbers.each_ref().map(|number| number(10)), [Some(11), Some(12)]);
    assert_eq!(numbers.each_ref().map(|number| number(20)), [Some(21), Some(22)]);
    assert_eq!((holder.used, holder.first()()), (2, Some(1)));
    holder.owners.truncate(1);
    assert_eq!(numbers.map(|number| number(10)), [Some(11), None]);
}
