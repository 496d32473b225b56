//! The language of the programs.
//!
//! A program is a list of bodies. The first one is run; callbacks, finalizers, destructors and
//! visits
//! run the others. A body is a list of operations with numbers as arguments. As text, bodies are
//! separated by `|`, operations by `;`, arguments by spaces: `new 0 1;refcb 0 0 1 -1;del 0|rdel 0`.

use std::{fmt, str::FromStr};

/// What an argument stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arg {
    /// A slot for an object.
    Object,
    /// A slot whose object a callback owns, or -1.
    Owned,
    /// A key: objects with equal keys are equal, in programs that compare by equality.
    Key,
    /// A slot for a reference.
    Reference,
    /// A body to run, or -1.
    Body,
    Finalizer,
    Values,
    Keys,
    Set,
    Pairs,
    Function,
    Queue,
    Watch,
    /// A small number.
    Tag,
    /// 0 or 1.
    Bit,
    /// One of `|`, `&`, `-`, `^`.
    Operator,
    /// The kind of a chain.
    Chain,
    /// The length of a chain.
    Length,
    /// How many objects each thread makes.
    Count,
}

/// An operation of the language.
#[derive(Debug)]
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    /// Operations of a group are generated together: `o` objects, `r` references, `m` methods, `f`
    /// finalizers, `v` value maps, `k` key maps, `s` sets, `w` maps of pairs, `q` queues,
    /// `l` listeners, `t` threads.
    pub(crate) group: char,
    /// How often it is generated.
    pub(crate) weight: u32,
    pub(crate) args: &'static [Arg],
    /// The operation in Python, to be read. `{0}` is the first argument.
    pub(crate) python: &'static str,
}

macro_rules! table {
    ($($name:ident $group:literal $weight:literal [$($arg:ident)*] $python:literal;)*) => {
        /// All operations.
        pub(crate) const TABLE: &[Spec] = &[$(Spec {
            name: stringify!($name),
            group: $group,
            weight: $weight,
            args: &[$(Arg::$arg),*],
            python: $python,
        }),*];
    };
}

table! {
    new 'o' 10 [Object Key] "{0} = Obj(key={1})";
    cp 'o' 3 [Object Object] "{0} = {1}";
    del 'o' 9 [Object] "{0} = None";
    child 'o' 2 [Object Object] "{0}.child = {1}";
    unchild 'o' 1 [Object] "{0}.child = None";
    dtor 'o' 2 [Object Body] "{0}.dtor = Dtor({1})  # a field; its __del__ runs the body";
    mut 'o' 3 [Object] "{0}.key = 100 + {0}.id";
    box 'o' 1 [Object Values] "{0}.box = {1}";
    unbox 'o' 1 [Object] "{0}.box = None";
    cnt 'o' 3 [Object] "print(getweakrefcount({0}))";
    refs 'o' 2 [Object] "print(getweakrefs({0}))";
    chain 'o' 1 [Object Length Chain]
        "{0} = chain({1}, {2})  # {1} objects, each owned by the last";
    raise 'o' 2 [] "raise Boom  # in a body other than the first";

    ref 'r' 2 [Reference Object] "{0} = ref({1})";
    refcb 'r' 5 [Reference Object Body Owned] "{0} = ref({1}, callback({2}, owns={3}))";
    proxy 'r' 1 [Reference Object] "{0} = proxy({1})";
    proxycb 'r' 2 [Reference Object Body Owned] "{0} = proxy({1}, callback({2}, owns={3}))";
    keyed 'r' 2 [Reference Object Body Tag] "{0} = KeyedRef({1}, callback({2}), {3})";
    rcp 'r' 1 [Reference Reference] "{0} = {1}";
    rdel 'r' 3 [Reference] "{0} = None";
    rq 'r' 2 [Reference] "print({0}())";
    up 'r' 2 [Object Reference] "{0} = {1}() or {0}";
    req 'r' 2 [Reference Reference] "print({0} == {1}, {0} != {1})";
    ris 'r' 1 [Reference Reference] "print({0} is {1})";
    rcbq 'r' 1 [Reference] "print({0}.__callback__ is not None)";
    hash 'r' 1 [Reference] "hash({0})";

    wm 'm' 1 [Reference Object] "{0} = WeakMethod({1}.method)";
    wmcb 'm' 1 [Reference Object Body] "{0} = WeakMethod({1}.method, callback({2}))";
    fn 'm' 1 [Function] "{0} = lambda o: o.id * 10";
    fndel 'm' 1 [Function] "{0} = None";
    wmf 'm' 1 [Reference Object Function] "{0} = WeakMethod(MethodType({2}, {1}))";
    wmfcb 'm' 2 [Reference Object Function Body]
        "{0} = WeakMethod(MethodType({2}, {1}), callback({3}))";

    fin 'f' 4 [Finalizer Object Body Owned] "{0} = finalize({1}, callback({2}, owns={3}))";
    fcall 'f' 2 [Finalizer] "print({0}())";
    fdetach 'f' 1 [Finalizer] "print({0}.detach())";
    fpeek 'f' 1 [Finalizer] "print({0}.peek())";
    falive 'f' 1 [Finalizer] "print({0}.alive, {0}.atexit)";
    fdel 'f' 1 [Finalizer] "{0} = None";
    fatexit 'f' 1 [Finalizer Bit] "{0}.atexit = {1}";
    exit 'f' 0 [] "finalize._exitfunc()";

    vset 'v' 6 [Values Key Object] "{0}[{1}] = {2}";
    vget 'v' 1 [Values Key] "print({0}.get({1}))";
    vdel 'v' 2 [Values Key] "print({0}.pop({1}, None))";
    vsd 'v' 2 [Values Key Object] "print({0}.setdefault({1}, {2}))";
    vlen 'v' 2 [Values] "print(len({0}))";
    vhas 'v' 1 [Values Key] "print({1} in {0})";
    vitems 'v' 2 [Values] "print(sorted({0}.items()))";
    vclear 'v' 1 [Values] "{0}.clear()";
    vcopy 'v' 1 [Values Values] "{0} = {1}.copy()";
    vupd 'v' 1 [Values Values] "{0}.update({1})";
    vor 'v' 1 [Values Values] "{0} |= {1}";
    vunion 'v' 1 [Values Values Values] "{0} = {1} | {2}";
    veq 'v' 1 [Values Values] "print({0} == {1})";
    vpopall 'v' 1 [Values] "print([{0}.popitem() while it has one], len({0}))";
    vpop 'v' 1 [Values] "print({0}.popitem(), len({0}))  # if there is at most one";
    vnew 'v' 1 [Values] "{0} = WeakValueDictionary()";
    viter 'v' 1 [Values Body] "for r in map(ref, {0}.values()): {1}()";
    vsnap 'v' 1 [Values Body] "for o in list({0}.values()): {1}()";
    vfor 'v' 2 [Values Body] "for o in {0}.values(): {1}()  # if there is at most one";
    vsdf 'v' 3 [Values Key Object Body] "{0}.get_or_insert_with({1}, {3}, {2})";
    ventry 'v' 1 [Values Key Object Body Bit]
        "e = {0}.entry({1}); {3}(); e.remove() if {4} else e.insert({2})";
    vretain 'v' 1 [Values Bit] "{0}.retain(lambda k, o: (k + o.id) % 2 == {1})";
    vretainb 'v' 1 [Values Bit Body] "{0}.retain(lambda k, o: {2}() or o.id % 2 == {1})";
    vextract 'v' 1 [Values Bit] "print({0}.extract_if(lambda k, o: (k + o.id) % 2 == {1}))";
    vdrain 'v' 1 [Values] "print({0}.drain())";

    kset 'k' 6 [Keys Object Tag Owned] "{0}[{1}] = Val({2}, owns={3})";
    kget 'k' 1 [Keys Object] "print({0}.get({1}))";
    kdel 'k' 2 [Keys Object] "print({0}.pop({1}, None))";
    ksd 'k' 2 [Keys Object Tag Owned] "print({0}.setdefault({1}, Val({2}, owns={3})))";
    klen 'k' 2 [Keys] "print(len({0}))";
    khas 'k' 1 [Keys Object] "print({1} in {0})";
    kkey 'k' 1 [Keys Object] "print([k for k in {0} if k == {1}])";
    kinc 'k' 1 [Keys Object] "{0}[{1}] += 1";
    kitems 'k' 2 [Keys] "print(sorted({0}.items()))";
    kclear 'k' 1 [Keys] "{0}.clear()  # if at most one value owns something";
    kdrain 'k' 1 [Keys] "while {0}: {0}.popitem()";
    kcopy 'k' 1 [Keys Keys] "{0} = {1}.copy()";
    kupd 'k' 1 [Keys Keys] "{0}.update({1})";
    kor 'k' 1 [Keys Keys] "{0} |= {1}";
    kunion 'k' 1 [Keys Keys Keys] "{0} = {1} | {2}";
    keq 'k' 1 [Keys Keys] "print({0} == {1})";
    kpop 'k' 1 [Keys] "print({0}.popitem(), len({0}))  # if there is at most one";
    knew 'k' 1 [Keys] "{0} = WeakKeyDictionary()";
    kiter 'k' 1 [Keys Body] "for r in {0}.keyrefs(): {1}()";
    ksnap 'k' 1 [Keys Body] "for o, v in list({0}.items()): {1}()";
    kentry 'k' 1 [Keys Object Tag Body Bit]
        "e = {0}.entry({1}); {3}(); e.remove() if {4} else e.insert({2})";
    kretain 'k' 1 [Keys Bit] "{0}.retain(lambda k, v: k.id % 2 == {1})";
    kextract 'k' 1 [Keys Bit] "print({0}.extract_if(lambda k, v: k.id % 2 == {1}))";

    sadd 's' 6 [Set Object] "{0}.add({1})";
    srem 's' 2 [Set Object] "{0}.discard({1})";
    shas 's' 1 [Set Object] "print({1} in {0})";
    slen 's' 2 [Set] "print(len({0}))";
    sitems 's' 2 [Set] "print(sorted({0}))";
    sclear 's' 1 [Set] "{0}.clear()";
    scopy 's' 1 [Set Set] "{0} = {1}.copy()";
    sop 's' 3 [Set Set Set Operator] "{0} = {1} {3} {2}";
    siop 's' 3 [Set Set Operator] "{0} {2}= {1}";
    scmp 's' 2 [Set Set]
        "print({0}.isdisjoint({1}), {0} == {1}, {0} <= {1}, {0} < {1}, {0} >= {1}, {0} > {1})";
    spopall 's' 1 [Set] "print([{0}.pop() while it has one], len({0}))";
    spop 's' 1 [Set] "print({0}.pop(), len({0}))  # if there is at most one";
    snew 's' 1 [Set] "{0} = WeakSet()";
    siter 's' 1 [Set Body] "for r in map(ref, {0}): {1}()";
    ssnap 's' 1 [Set Body] "for o in list({0}): {1}()";
    sfor 's' 2 [Set Body] "for o in {0}: {1}()  # if there is at most one";
    ssdf 's' 3 [Set Object Body] "{0}.get_or_insert_with({1}, {2})";
    sretain 's' 1 [Set Bit] "{0}.retain(lambda o: o.id % 2 == {1})";
    sextract 's' 1 [Set Bit] "print({0}.extract_if(lambda o: o.id % 2 == {1}))";
    sdrain 's' 1 [Set] "print({0}.drain())";

    wset 'w' 6 [Pairs Object Object] "print({0}.insert({1}, {2}))";
    wget 'w' 1 [Pairs Object] "print({0}.get({1}))";
    wdel 'w' 2 [Pairs Object] "print({0}.pop({1}, None))";
    wlen 'w' 2 [Pairs] "print(len({0}))";
    whas 'w' 1 [Pairs Object] "print({1} in {0})";
    wkey 'w' 1 [Pairs Object] "print([k for k in {0} if k == {1}])";
    witems 'w' 2 [Pairs] "print(sorted({0}.items()))";
    wclear 'w' 1 [Pairs] "{0}.clear()";
    wcopy 'w' 1 [Pairs Pairs] "{0} = {1}.copy()";
    wupd 'w' 1 [Pairs Pairs] "{0}.update({1})";
    weq 'w' 1 [Pairs Pairs] "print({0} == {1})";
    wpopall 'w' 1 [Pairs] "print([{0}.popitem() while it has one], len({0}))";
    wnew 'w' 1 [Pairs] "{0} = WeakWeakDictionary()";
    wsdf 'w' 1 [Pairs Object Object Body] "{0}.get_or_insert_with({1}, {3}, {2})";
    wentry 'w' 1 [Pairs Object Object Body Bit]
        "e = {0}.entry({1}); {3}(); e.remove() if {4} else e.insert({2})";
    wretain 'w' 1 [Pairs Bit] "{0}.retain(lambda k, v: (k.id + v.id) % 2 == {1})";
    wextract 'w' 1 [Pairs Bit] "print({0}.extract_if(lambda k, v: (k.id + v.id) % 2 == {1}))";
    wdrain 'w' 1 [Pairs] "print({0}.drain())";

    qwatch 'q' 5 [Watch Queue Object Tag] "{0} = {1}.watch({2}, {3})";
    qcancel 'q' 2 [Watch] "{0} = None  # cancels the watch";
    qforget 'q' 2 [Watch] "{0}.forget()";
    qrecv 'q' 1 [Queue] "print({0}.try_recv())";
    qdrain 'q' 1 [Queue] "print({0}.drain())";
    qlen 'q' 1 [Queue] "print(len({0}))";

    onv 'l' 2 [Values Body] "{0}.on_removal({1})";
    onk 'l' 2 [Keys Body] "{0}.on_removal({1})";
    ons 'l' 2 [Set Body] "{0}.on_removal({1})";
    onw 'l' 2 [Pairs Body] "{0}.on_removal({1})";
    gone 'l' 3 [] "print(sorted(removals that listeners were told of))";

    threads 't' 1 [Count] "threads({0})  # three threads fill containers with {0} objects each";
}

/// An operation with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Op {
    pub(crate) spec: &'static Spec,
    pub(crate) args: [i32; 5],
}

/// A program of the language.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) bodies: Vec<Vec<Op>>,
}

/// Returns the operation of that name.
pub(crate) fn spec(name: &str) -> Option<&'static Spec> {
    TABLE.iter().find(|spec| spec.name == name)
}

impl Program {
    /// Returns whether it has an operation of that name.
    #[cfg(test)]
    pub(crate) fn uses(&self, name: &str) -> bool {
        self.bodies.iter().flatten().any(|op| op.spec.name == name)
    }

    /// Returns the number of operations.
    pub(crate) fn len(&self) -> usize {
        self.bodies.iter().map(Vec::len).sum()
    }

    /// Returns the program as one reads it in Python. Operations that CPython does not have are
    /// written by their names in Rust.
    pub(crate) fn python(&self) -> String {
        let mut lines = Vec::new();
        for (number, body) in self.bodies.iter().enumerate().skip(1) {
            if !body.is_empty() {
                lines.push(format!("def body_{number}():"));
                lines.extend(body.iter().map(|op| format!("    {}", op.python())));
            }
        }
        lines.extend(self.bodies[0].iter().map(Op::python));
        lines.push("# and then everything is dropped, o[0] first".to_owned());
        lines.join("\n") + "\n"
    }
}

impl Op {
    fn python(&self) -> String {
        let mut text = self.spec.python.to_owned();
        for (at, (arg, value)) in self.spec.args.iter().zip(self.args).enumerate() {
            text = text.replace(&format!("{{{at}}}"), &arg.python(value));
        }
        text
    }
}

impl Arg {
    fn python(self, value: i32) -> String {
        match self {
            Self::Owned | Self::Body if value < 0 => "None".to_owned(),
            Self::Object | Self::Owned => format!("o[{value}]"),
            Self::Reference => format!("r[{value}]"),
            Self::Body => format!("body_{value}"),
            Self::Finalizer => format!("f[{value}]"),
            Self::Values => format!("values[{value}]"),
            Self::Keys => format!("keys[{value}]"),
            Self::Set => format!("sets[{value}]"),
            Self::Pairs => format!("pairs[{value}]"),
            Self::Function => format!("g[{value}]"),
            Self::Queue => format!("queues[{value}]"),
            Self::Watch => format!("watches[{value}]"),
            Self::Bit => ["False", "True"][usize::from(value == 1)].to_owned(),
            Self::Operator => ["|", "&", "-", "^"][usize::try_from(value).unwrap_or(0)].to_owned(),
            Self::Key | Self::Tag | Self::Length | Self::Count => value.to_string(),
            Self::Chain => {
                let kinds = ["'callbacks'", "'finalizers'", "'values of keys[0]'", "'children'"];
                kinds[usize::try_from(value).unwrap_or(0)].to_owned()
            }
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec.name)?;
        self.args.iter().take(self.spec.args.len()).try_for_each(|arg| write!(f, " {arg}"))
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, body) in self.bodies.iter().enumerate() {
            if number > 0 {
                f.write_str("|")?;
            }
            for (number, op) in body.iter().enumerate() {
                if number > 0 {
                    f.write_str(";")?;
                }
                write!(f, "{op}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Op {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let name = words.next().unwrap_or_default();
        let spec = spec(name).ok_or_else(|| format!("there is no operation `{name}`"))?;
        let mut args = [0; 5];
        for arg in args.iter_mut().take(spec.args.len()) {
            let word = words.next().ok_or_else(|| format!("`{text}` needs more arguments"))?;
            *arg = word.parse().map_err(|_| format!("`{word}` in `{text}` is no number"))?;
        }
        match words.next() {
            Some(_) => Err(format!("`{text}` has too many arguments")),
            None => Ok(Self { spec, args }),
        }
    }
}

impl FromStr for Program {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let body = |body: &str| {
            body.split(';').filter(|op| !op.trim().is_empty()).map(str::parse).collect()
        };
        Ok(Self { bodies: text.split('|').map(body).collect::<Result<_, _>>()? })
    }
}
