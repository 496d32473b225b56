//! Expressions as trees. This part knows nothing of profiles, and its nodes have no field for them.

use std::{cell::RefCell, fmt, rc::Rc};

use weakref_core::{Local, Weakrefable, new, weakrefable};

/// A node of a tree, of any type.
pub(crate) trait Expr: Weakrefable<Flavor = Local> + fmt::Display {
    /// Returns the value for this `x`. `evaluate` returns the values of the operands.
    fn value(&self, x: f64, evaluate: &mut dyn FnMut(&Place) -> f64) -> f64;

    /// Where the operands are, in the order in which they are written.
    fn operands(&self) -> Vec<&Place> {
        Vec::new()
    }

    /// Where the two branches are, if this chooses one of them.
    fn branches(&self) -> Option<[&Place; 2]> {
        None
    }
}

/// The owner of a node, with all that is below it.
pub(crate) type Owner = Rc<dyn Expr>;

/// Where an owner is: another one can take its place.
pub(crate) type Place = RefCell<Owner>;

/// Is called with each evaluation.
pub(crate) trait Watch {
    fn evaluated(&self, node: &Owner, value: f64);
}

/// Returns the value of what is in this place.
pub(crate) fn evaluate(place: &Place, x: f64, watch: &dyn Watch) -> f64 {
    // An owner, so that the observer could replace the node.
    let node = place.borrow().clone();
    let value = node.value(x, &mut |operand| evaluate(operand, x, watch));
    watch.evaluated(&node, value);
    value
}

#[weakrefable(local)]
struct Number {
    value: f64,
}

#[weakrefable(local)]
struct Variable {}

#[weakrefable(local)]
struct Binary {
    operator: Operator,
    left: Place,
    right: Place,
}

#[weakrefable(local)]
struct Choice {
    condition: Place,
    then: Place,
    otherwise: Place,
}

#[derive(Clone, Copy)]
pub(crate) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    /// Gives 1 or 0.
    Less,
}

pub(crate) fn number(value: f64) -> Owner {
    Rc::new(new!(Number { value }))
}

pub(crate) fn variable() -> Owner {
    Rc::new(new!(Variable {}))
}

pub(crate) fn binary(left: Owner, operator: Operator, right: Owner) -> Owner {
    Rc::new(new!(Binary { operator, left: left.into(), right: right.into() }))
}

/// `condition ? then : otherwise`, where 0 is no and all else is yes.
pub(crate) fn choice(condition: Owner, then: Owner, otherwise: Owner) -> Owner {
    let (condition, then, otherwise) = (condition.into(), then.into(), otherwise.into());
    Rc::new(new!(Choice { condition, then, otherwise }))
}

impl Expr for Number {
    fn value(&self, _: f64, _: &mut dyn FnMut(&Place) -> f64) -> f64 {
        self.value
    }
}

impl Expr for Variable {
    fn value(&self, x: f64, _: &mut dyn FnMut(&Place) -> f64) -> f64 {
        x
    }
}

impl Expr for Binary {
    fn value(&self, _: f64, evaluate: &mut dyn FnMut(&Place) -> f64) -> f64 {
        let (left, right) = (evaluate(&self.left), evaluate(&self.right));
        match self.operator {
            Operator::Plus => left + right,
            Operator::Minus => left - right,
            Operator::Times => left * right,
            Operator::Over => left / right,
            Operator::Less => f64::from(u8::from(left < right)),
        }
    }

    fn operands(&self) -> Vec<&Place> {
        vec![&self.left, &self.right]
    }
}

impl Expr for Choice {
    fn value(&self, _: f64, evaluate: &mut dyn FnMut(&Place) -> f64) -> f64 {
        let yes = evaluate(&self.condition) != 0.0;
        evaluate(if yes { &self.then } else { &self.otherwise })
    }

    fn operands(&self) -> Vec<&Place> {
        vec![&self.condition, &self.then, &self.otherwise]
    }

    fn branches(&self) -> Option<[&Place; 2]> {
        Some([&self.then, &self.otherwise])
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("x")
    }
}

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} {} {})", self.left.borrow(), self.operator, self.right.borrow())
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { condition, then, otherwise, .. } = self;
        write!(f, "({} ? {} : {})", condition.borrow(), then.borrow(), otherwise.borrow())
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Over => "/",
            Self::Less => "<",
        })
    }
}
