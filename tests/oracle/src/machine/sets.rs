//! Sets.

use super::*;

impl State {
    pub(super) fn on_sets(self: &Ptr<Self>, op: &Op) {
        let [a, b, c, ..] = op.args;
        let set = self.set_of(a);
        match op.spec.name {
            "slen" => {
                let length = set.len();
                assert_eq!(set.is_empty(), length == 0);
                self.log(format!("slen {length}"));
            }
            "sitems" => {
                self.log(format!(
                    "sitems {}",
                    list(set.iter().map(|element| element.id).collect())
                ));
            }
            "sclear" | "sdrain" | "sretain" | "sextract" if !is_settled(&set) => {}
            "sclear" => set.clear(),
            "scopy" => {
                let copy = (**self.set_of(b)).clone();
                put(&self.sets[at(a)], Ptr::new(copy.into()));
            }
            "sop" | "siop" | "scmp" => self.on_two_sets(op, &set),
            "spopall" => {
                let mut got = Vec::new();
                while let Some(element) = set.pop() {
                    got.push(element.id);
                }
                self.log(format!("spopall {} {}", list(got), set.len()));
            }
            "spop" => self.pop_element(&set),
            "snew" => put(&self.sets[at(a)], Ptr::default()),
            "siter" => self.each(set.refs(), b, "siter"),
            "ssnap" => {
                let items = set.iter().map(|element| (element.id, element));
                self.snapshot(items.collect(), b, "ssnap");
            }
            "sfor" => {
                if set.iter().count() <= 1 && set.listeners.load(Relaxed) == 0 {
                    // Only the first, as of a map.
                    let mut is_first = true;
                    set.for_each(|element| {
                        if !mem::take(&mut is_first) {
                            return;
                        }
                        self.log(format!("sfor {}", element.id));
                        self.walks.fetch_add(1, Relaxed);
                        self.guarded(b);
                        self.walks.fetch_sub(1, Relaxed);
                    });
                }
            }
            "sretain" => set.retain(|element| is_odd(element.id) == (b == 1)),
            "sextract" => {
                let picked = |element: &Ptr<Obj>| is_odd(element.id) == (b == 1);
                let items: Vec<_> = set.extract_if(picked).collect();
                let found = items.iter().map(|element| element.id).collect();
                self.log(format!("sextract {}", list(found)));
            }
            "sdrain" => {
                let items: Vec<_> = set.drain().collect();
                let found = items.iter().map(|element| element.id).collect();
                self.log(format!("sdrain {} {}", list(found), set.len()));
            }
            name => {
                let Some(object) = self.object(b) else { return };
                match name {
                    "sadd" => {
                        set.insert(&object);
                    }
                    "srem" => {
                        set.remove(&*object);
                    }
                    "shas" => self.log(format!("shas {}", boolean(set.contains(&*object)))),
                    "ssdf" => {
                        let found = get_or_add(&set, &object, || self.guarded(c));
                        self.log(format!("ssdf {}", found.id));
                    }
                    name => unreachable!("{name}"),
                }
            }
        }
    }

    fn on_two_sets(&self, op: &Op, set: &Elements) {
        let [a, b, c, d, _] = op.args;
        match op.spec.name {
            "sop" => {
                let (one, other) = (self.set_of(b), self.set_of(c));
                let (one, other) = (&**one, &**other);
                let found = match d {
                    0 => one | other,
                    1 => one & other,
                    2 => one - other,
                    _ => one ^ other,
                };
                put(&self.sets[at(a)], Ptr::new(found.into()));
            }
            "siop" => {
                let other = self.set_of(b);
                let (mut set, other) = (&**set, &**other);
                match c {
                    0 => set |= other,
                    1 => set &= other,
                    2 => set -= other,
                    _ => set ^= other,
                }
            }
            "scmp" => {
                let other = self.set_of(b);
                let (one, other) = (&**set, &**other);
                let found = [
                    one.is_disjoint(other),
                    one == other,
                    one.is_subset(other),
                    one.is_proper_subset(other),
                    one.is_superset(other),
                    one.is_proper_superset(other),
                ];
                self.log(format!("scmp ({})", words(found.map(boolean))));
            }
            name => unreachable!("{name}"),
        }
    }

    fn pop_element(&self, set: &Elements) {
        let living = set.iter().count();
        if living > 1 || living == 1 && set.len() > 1 {
            return;
        }
        match set.pop() {
            None => self.log(format!("spop none {}", set.len())),
            Some(element) => self.log(format!("spop {} {}", element.id, set.len())),
        }
    }
}

/// As that of maps.
fn is_settled(set: &Elements) -> bool {
    set.listeners.load(Relaxed) == 0 || set.iter().count() == set.len()
}
