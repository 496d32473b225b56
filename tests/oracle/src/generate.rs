//! Random programs.

use crate::language::{Arg, Op, Program, Spec, TABLE, spec};

/// `SplitMix64`: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`.
    fn below(&mut self, end: usize) -> usize {
        #[allow(clippy::cast_possible_truncation)]
        let number = (self.next() % end as u64) as usize;
        number
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// The numbers of slots that a program uses. The fewer, the more often its operations meet.
struct Shape {
    objects: usize,
    references: usize,
    keys: usize,
    finalizers: usize,
    values: usize,
    key_maps: usize,
    sets: usize,
    pairs: usize,
    functions: usize,
    bodies: usize,
    /// How often, in percent, a callback owns an object.
    owned: usize,
}

/// What a listener would be told in no certain order, and what a subclass in CPython bypasses.
const NOT_WITH_LISTENERS: &[&str] = &[
    "vcopy", "vupd", "vor", "vunion", "vpopall", "vpop", "kcopy", "kupd", "kor", "kunion", "kpop",
    "scopy", "sop", "siop", "spopall", "spop", "wcopy", "wupd", "wpopall",
];

/// What compares keys whose hash has changed with others, or uses a reference without callback:
/// such
/// a reference keeps the hash of its first use, and CPython searches with it.
const NOT_WITH_CHANGED_KEYS: &[&str] = &[
    "veq", "kupd", "kor", "kunion", "keq", "kcopy", "kentry", "sop", "siop", "scmp", "scopy",
    "ssdf", "req", "ref", "viter", "kiter", "siter", "weq", "wcopy", "wupd", "wkey", "wsdf",
    "wentry", "kretain", "kextract", "sretain", "sextract", "wretain", "wextract",
];

/// A factory may not need a key that is being made.
const MAKES: &[&str] = &["vsd", "vsdf", "ssdf", "wsdf"];

/// Returns the program of that number.
pub(crate) fn generate(seed: u64, number: u64) -> Program {
    let mut random = Random(seed.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ number);
    random.next();
    Generator::new(&mut random).program()
}

#[allow(clippy::struct_excessive_bools)] // independent choices
struct Generator<'a> {
    random: &'a mut Random,
    shape: Shape,
    /// The operations of this program.
    specs: Vec<&'static Spec>,
    /// Whether each is as likely as the others.
    even: bool,
    is_big: bool,
    has_factories: bool,
    /// Whether it starts with objects in sets.
    fills_sets: bool,
    exits: bool,
}

impl<'a> Generator<'a> {
    fn new(random: &'a mut Random) -> Self {
        let swarm = random.percent(35);
        let is_big = !swarm && random.percent(15);
        let focus =
            random.percent(40).then(|| random.pick(&["v", "k", "s", "w", "ks", "f", "m", "q"]));
        let mut shape = Shape {
            objects: if is_big { 14 } else { 5 },
            references: if is_big { 14 } else { 5 },
            keys: if is_big { 8 } else { 3 },
            finalizers: 3,
            values: 2,
            key_maps: 2,
            sets: 3,
            pairs: 2,
            functions: 2,
            bodies: random.pick(&[1, 2, 3, 4, 5]),
            owned: random.pick(&[10, 25, 60]),
        };
        if swarm {
            shape.objects = random.pick(&[2, 3, 4]);
            shape.references = random.pick(&[1, 2, 3]);
            shape.keys = random.pick(&[1, 2, 3]);
            shape.finalizers = random.pick(&[1, 2]);
            if focus.is_none() {
                (shape.values, shape.key_maps, shape.pairs, shape.functions) = (1, 1, 1, 1);
                shape.sets = random.pick(&[1, 2]);
            }
        }
        if matches!(focus, Some("s" | "ks")) {
            // Equal objects, in many sets.
            (shape.objects, shape.sets) = (4, 3);
            shape.keys = random.pick(&[1, 2]);
        }
        if focus.is_some() && random.percent(50) {
            // One container of each kind and few keys: entries replace each other.
            (shape.values, shape.key_maps, shape.pairs) = (1, 1, 1);
            (shape.keys, shape.objects) = (random.pick(&[1, 2]), random.pick(&[2, 3]));
        }
        let has_factories = random.percent(25);
        let changes_keys = random.percent(12);
        let listens = random.percent(20);
        let raises = random.percent(35);
        let threads = random.percent(3);
        let groups: String = match focus {
            Some(focus) => format!("or{focus}"),
            None => "rfvkswqm".chars().filter(|_| random.percent(45)).chain(['o']).collect(),
        };
        let allowed = |spec: &&Spec| {
            let name = spec.name;
            let in_group = match spec.group {
                'l' => listens,
                't' => threads,
                // References are what tells of deaths.
                'r' => groups.contains('r') || matches!(name, "refcb" | "rdel"),
                group => groups.contains(group),
            };
            in_group
                && (raises || name != "raise")
                && (has_factories || !matches!(name, "vsdf" | "ssdf" | "wsdf"))
                && (changes_keys || name != "mut")
                && !(changes_keys && NOT_WITH_CHANGED_KEYS.contains(&name))
                && !(listens && NOT_WITH_LISTENERS.contains(&name))
        };
        let mut specs: Vec<_> =
            TABLE.iter().filter(|spec| spec.weight > 0).filter(allowed).collect();
        if swarm && focus.is_none() {
            // A few operations, so that unusual ones follow each other.
            let few = random.pick(&[5, 8, 12, 18]);
            while specs.len() > few {
                let at = random.below(specs.len());
                specs.swap_remove(at);
            }
            let must = ["new", "del", random.pick(&["refcb", "fin", "proxycb", "dtor", "refcb"])];
            specs.extend(must.iter().filter_map(|name| spec(name)));
        }
        if focus.is_some() {
            let more = ["new", "new", "del", "del", "refcb", "fin", "dtor", "cnt"];
            specs.extend(more.iter().filter_map(|name| spec(name)));
            let fill: &[&str] = match focus {
                Some("v") => &["vset"; 4],
                Some("k") => &["kset", "kset", "kset", "kclear"],
                Some("s") => &["sadd", "sadd", "sadd", "sadd", "sop", "sop", "siop", "sitems"],
                Some("ks") => &["kset", "kset", "sadd", "sadd", "kkey"],
                Some("w") => &["wset"; 4],
                Some("f") => &["fin", "fin", "fcall"],
                Some("q") => &["qwatch"; 3],
                _ => &["wm", "fn", "wmf", "wmfcb", "wmfcb"],
            };
            specs.extend(fill.iter().filter_map(|name| spec(name)).filter(allowed));
        }
        let even = focus.is_some() || swarm;
        let exits = groups.contains('f') && random.percent(20);
        let fills_sets = focus == Some("s");
        Self { random, shape, specs, even, is_big, has_factories, fills_sets, exits }
    }

    fn program(mut self) -> Program {
        let mut start = Vec::new();
        for object in 0..self.random.pick(&[1, 3, self.shape.objects]) {
            let mut new = self.arguments(spec("new").expect("an operation of the table"));
            new.args[0] = i32::try_from(object).expect("a small number");
            start.push(new);
            if self.fills_sets {
                let mut add = self.arguments(spec("sadd").expect("an operation of the table"));
                add.args[1] = i32::try_from(object).expect("a small number");
                start.push(add);
            }
        }
        let sizes = if self.is_big { [40, 80, 60, 50] } else { [6, 12, 20, 35] };
        start.extend(self.body(sizes, false));
        if self.exits {
            let last = ["fatexit", "fatexit", "exit"].map(|name| spec(name).expect("of the table"));
            start.extend(last.map(|spec| self.arguments(spec)));
        }
        let mut bodies = vec![start];
        for _ in 1..self.shape.bodies {
            bodies.push(self.body([1, 2, 4, 6], true));
        }
        Program { bodies }
    }

    fn body(&mut self, sizes: [usize; 4], is_inner: bool) -> Vec<Op> {
        (0..self.random.pick(&sizes)).map(|_| self.operation(is_inner)).collect()
    }

    fn operation(&mut self, is_inner: bool) -> Op {
        let total: usize = self.specs.iter().map(|spec| self.weight(spec)).sum();
        let mut at = self.random.below(total);
        let chosen = self.specs.iter().find(|spec| {
            let weight = self.weight(spec);
            let found = at < weight;
            at = at.wrapping_sub(weight);
            found
        });
        let mut chosen = *chosen.expect("below the total");
        let needs_key = self.has_factories && is_inner && MAKES.contains(&chosen.name);
        if needs_key || (chosen.name == "raise" && !is_inner) {
            chosen = spec("cnt").expect("an operation of the table");
        }
        self.arguments(chosen)
    }

    fn weight(&self, spec: &Spec) -> usize {
        if self.even { 1 } else { spec.weight as usize }
    }

    fn arguments(&mut self, spec: &'static Spec) -> Op {
        let mut args = [0; 5];
        for (arg, kind) in args.iter_mut().zip(spec.args) {
            *arg = self.argument(*kind);
        }
        Op { spec, args }
    }

    fn argument(&mut self, kind: Arg) -> i32 {
        let Self { random, shape, .. } = self;
        let end = match kind {
            Arg::Object => shape.objects,
            Arg::Owned if random.percent(shape.owned) => shape.objects,
            Arg::Owned => return -1,
            Arg::Body if shape.bodies == 1 => return -1,
            Arg::Body => shape.bodies - 1,
            Arg::Key => shape.keys,
            Arg::Reference => shape.references,
            Arg::Finalizer => shape.finalizers,
            Arg::Values => shape.values,
            Arg::Keys => shape.key_maps,
            Arg::Set => shape.sets,
            Arg::Pairs => shape.pairs,
            Arg::Function => shape.functions,
            Arg::Watch => 3,
            Arg::Tag => 9,
            Arg::Queue | Arg::Bit => 2,
            Arg::Operator | Arg::Chain => 4,
            Arg::Count => 6,
            Arg::Length => return random.pick(&[12, 24, 36]),
        };
        let number = random.below(end) + usize::from(kind == Arg::Body);
        i32::try_from(number).expect("a small number")
    }
}
