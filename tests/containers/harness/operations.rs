//! Everything that can be called of a container, to be called in the middle of something else.

use super::{Container, Pair, SET_OPERATIONS};

/// A call of a container, about an entry.
pub(crate) struct Operation<C> {
    pub(crate) name: &'static str,
    pub(crate) run: Run<C>,
}

type Run<C> = fn(&C, &Pair);

fn ignore<T>(_: T) {}

/// Returns what searches by the keys' `Eq`.
pub(crate) fn searches<C: Container>() -> Vec<Operation<C>> {
    let all: [(&str, Run<C>); 15] = [
        ("get", |it, (key, _)| ignore(it.get(key))),
        ("get_pair", |it, (key, _)| ignore(it.get_pair(key))),
        ("contains", |it, (key, _)| ignore(it.contains(key))),
        ("change", |it, (key, value)| ignore(it.change(key, value))),
        ("remove", |it, (key, _)| ignore(it.remove(key))),
        ("remove_pair", |it, (key, _)| ignore(it.remove_pair(key))),
        ("insert", |it, (key, value)| ignore(it.insert(key, value))),
        ("replace", |it, (key, value)| ignore(it.replace(key, value))),
        ("or_insert", |it, (key, value)| ignore(it.or_insert(key, value))),
        ("modify_or_insert", |it, (key, value)| ignore(it.modify_or_insert(key, value))),
        ("entry_insert", |it, (key, value)| ignore(it.entry_insert(key, value))),
        ("entry_remove", |it, (key, _)| ignore(it.entry_remove(key))),
        ("get_or_make", |it, (key, value)| ignore(it.get_or_make(key, || value.clone()))),
        ("get_or_try_make", |it, (key, _)| ignore(it.get_or_try_make(key, || Err(())))),
        ("update", |it, pair| it.update(vec![pair.clone()])),
    ];
    all.map(|(name, run)| Operation { name, run }).into()
}

/// Returns all operations.
pub(crate) fn operations<C: Container>() -> Vec<Operation<C>> {
    let others: [(&str, Run<C>); 27] = [
        ("len", |it, _| ignore(it.len())),
        ("is_empty", |it, _| ignore(it.is_empty())),
        ("capacity", |it, _| ignore(it.capacity())),
        ("reserve", |it, _| it.reserve(100)),
        ("try_reserve", |it, _| assert!(it.try_reserve(100))),
        ("shrink_to", |it, _| it.shrink_to(50)),
        ("shrink_to_fit", |it, _| it.shrink_to_fit()),
        ("clear", |it, _| it.clear()),
        ("pop", |it, _| ignore(it.pop())),
        ("drain", |it, _| ignore(it.drain())),
        ("retain", |it, (key, _)| {
            let name = key.name();
            it.retain(Box::new(move |other, _| other.name() != name));
        }),
        ("extract_if", |it, (key, _)| {
            let name = key.name();
            it.extract(Box::new(move |other, _| other.name() == name)).for_each(ignore);
        }),
        ("extract_if, dropped early", |it, _| ignore(it.extract(Box::new(|_, _| true)).next())),
        ("for_each", |it, _| it.visit(&mut |_, _| ())),
        ("iter", |it, _| ignore(it.pairs())),
        ("keys", |it, _| ignore(it.keys())),
        ("values", |it, _| ignore(it.values())),
        ("refs", |it, _| ignore(it.refs())),
        ("on_removal", |it, _| it.on_removal(|_, _| ())),
        ("fmt", |it, _| ignore(format!("{it:?}"))),
        ("clone", |it, _| ignore(it.clone())),
        ("clone().into_iter", |it, _| ignore(it.clone().into_pairs())),
        ("==", |it, _| ignore(*it == C::default())),
        ("| and |=", |it, _| {
            ignore(it.or(&C::default()));
            it.or_assign(it);
        }),
        ("is_submap", |it, _| ignore(it.is_within(it))),
        ("domain_is_subset", |it, _| ignore(it.has_keys_within(it))),
        ("operations of sets", |it, _| {
            ignore(it.compared(it));
            for operation in SET_OPERATIONS {
                ignore(it.combined(it, operation));
                it.combine(&it.clone(), super::SetOperation::Union);
            }
        }),
    ];
    let mut all = searches();
    all.extend(others.map(|(name, run)| Operation { name, run }));
    all
}

/// Whether an operation about an entry takes out the entry with this name.
pub(crate) fn removes(operation: &str, is_about_it: bool) -> bool {
    match operation {
        "clear" | "drain" => true,
        "remove" | "remove_pair" | "entry_remove" | "retain" | "extract_if" => is_about_it,
        _ => false,
    }
}
