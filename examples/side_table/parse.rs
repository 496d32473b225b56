//! From text to a tree.

use crate::expr::{Operator, Owner, binary, choice, number, variable};

/// The greatest length of an input. Its tree is never too deep for the stack.
const LONGEST: usize = 1_000;

/// Reads an expression of numbers, `x`, `+ - * / <`, `condition ? then : otherwise` and
/// parentheses.
pub(crate) fn expression(text: &str) -> Result<Owner, String> {
    if text.len() > LONGEST {
        return Err(format!("the expression has more than {LONGEST} characters"));
    }
    let mut parser = Parser { text, rest: text };
    let tree = parser.choice()?;
    parser.next().map_or(Ok(tree), |_| Err(parser.expected("the end")))
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Parser<'_> {
    fn choice(&mut self) -> Result<Owner, String> {
        let condition = self.comparison()?;
        if !self.take('?') {
            return Ok(condition);
        }
        let then = self.choice()?;
        if !self.take(':') {
            return Err(self.expected("`:`"));
        }
        Ok(choice(condition, then, self.choice()?))
    }

    fn comparison(&mut self) -> Result<Owner, String> {
        let left = self.sum()?;
        if !self.take('<') {
            return Ok(left);
        }
        Ok(binary(left, Operator::Less, self.sum()?))
    }

    fn sum(&mut self) -> Result<Owner, String> {
        let mut sum = self.product()?;
        while let Some(operator) = self.one_of([('+', Operator::Plus), ('-', Operator::Minus)]) {
            sum = binary(sum, operator, self.product()?);
        }
        Ok(sum)
    }

    fn product(&mut self) -> Result<Owner, String> {
        let mut product = self.atom()?;
        while let Some(operator) = self.one_of([('*', Operator::Times), ('/', Operator::Over)]) {
            product = binary(product, operator, self.atom()?);
        }
        Ok(product)
    }

    fn atom(&mut self) -> Result<Owner, String> {
        if self.take('x') {
            return Ok(variable());
        }
        if self.take('(') {
            let inner = self.choice()?;
            return if self.take(')') { Ok(inner) } else { Err(self.expected("`)`")) };
        }
        let end = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '.'));
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if digits.is_empty() {
            return Err(self.expected("a number, `x` or `(`"));
        }
        let value = digits.parse().map_err(|_| format!("`{digits}` is not a number"))?;
        self.rest = rest;
        Ok(number(value))
    }

    fn one_of<const N: usize>(&mut self, operators: [(char, Operator); N]) -> Option<Operator> {
        let (_, operator) = operators.into_iter().find(|&(sign, _)| self.take(sign))?;
        Some(operator)
    }

    fn take(&mut self, sign: char) -> bool {
        let is_there = self.next() == Some(sign);
        if is_there {
            self.rest = &self.rest[sign.len_utf8()..];
        }
        is_there
    }

    /// Looks at what comes next, behind the spaces.
    fn next(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn expected(&mut self, what: &str) -> String {
        let found = self.next().map_or_else(|| "the end".into(), |found| format!("`{found}`"));
        let position = self.text[..self.text.len() - self.rest.len()].chars().count() + 1;
        format!("expected {what} at character {position}, found {found}")
    }
}
