//! A template made ready to run: read within limits, and each step that makes something large put
//! under the eyes of the budget.
//!
//! The engine counts steps and not what they make, works out constants while it compiles, and goes
//! one level deeper for each operator. So its tokens are looked at first, and its instructions are
//! written anew: before what allocates stands a filter that asks the budget.

use std::collections::BTreeMap;

use minijinja::machinery::{
    CodeGenerator, Instruction, Instructions, Span, Token, parse, parse_expr, tokenize,
};
use minijinja::syntax::SyntaxConfig;

use super::Fault;
use super::budget::{
    APART, INDEXED, LOOPED, ORDERED, PAIR, REMAINDER, REPEATED, SETTLED, SLICED, UNFOLDED,
    UNPACKED, WEIGHED,
};

/// What errors call a template; no ending of it asks for an escaping of its own.
pub(super) const NAME: &str = "template";
/// How many tokens an expression may have in a row: each may be a level of the engine's recursion.
const LONGEST: usize = 250;
/// How many `elif` a template may have, each of which is a level too.
const MOST_BRANCHES: usize = 150;
/// No place among the filters that the engine remembers, so that it looks this one up.
const UNCACHED: u8 = u8::MAX;

/// Which of the two a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Template,
    Expression,
}

/// Something that is asked for by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call<'s> {
    Method(&'s str),
    Filter(&'s str),
    Test(&'s str),
}

/// What the engine runs.
pub(super) struct Program<'s> {
    pub main: Instructions<'s>,
    pub blocks: BTreeMap<&'s str, Instructions<'s>>,
}

impl<'s> Program<'s> {
    /// Compiles a source that has been [`prepared`].
    pub fn new(source: &'s str, kind: Kind) -> Result<Self, minijinja::Error> {
        let mut generator = CodeGenerator::new(NAME, source);
        match kind {
            Kind::Template => {
                generator.compile_stmt(&parse(source, NAME, SyntaxConfig::default())?);
            }
            Kind::Expression => generator.compile_expr(&parse_expr(source)?),
        }
        let (main, blocks) = generator.finish();
        let blocks = blocks.into_iter();
        let blocks = blocks.map(|(name, block)| (name, guarded(&block)));
        Ok(Self {
            main: guarded(&main),
            blocks: blocks.collect(),
        })
    }
}

impl<'s> Program<'s> {
    /// What it asks for by its name, with the line of each.
    pub fn calls(&self) -> impl Iterator<Item = (Call<'s>, Option<usize>)> {
        let all = std::iter::once(&self.main).chain(self.blocks.values());
        let steps = all.flat_map(|instructions| {
            let steps = (0..).map_while(|pc| Some((pc, instructions.get(pc)?)));
            steps.map(|(pc, step)| (step, instructions.get_line(pc)))
        });
        steps.filter_map(|(step, line)| {
            let call = match step {
                Instruction::CallMethod(name, _) => Call::Method(name),
                Instruction::ApplyFilter(name, ..) => Call::Filter(name),
                Instruction::PerformTest(name, ..) => Call::Test(name),
                _ => return None,
            };
            Some((call, line))
        })
    }
}

/// The source as it may be compiled: no deeper than the stack, and with nothing to repeat while it
/// is compiled.
pub(super) fn prepared(source: &str, kind: Kind) -> Result<String, Fault> {
    let mut chain = Chain::default();
    let mut prepared = String::with_capacity(source.len());
    let mut copied = 0;
    let mut before: Option<(Token<'_>, Span)> = None;
    let is_expression = kind == Kind::Expression;
    for token in tokenize(source, is_expression, SyntaxConfig::default()) {
        // What is no token is refused by the parser, which says why.
        let Ok((token, span)) = token else { break };
        chain.extend(&token, before.as_ref().map(|(token, _)| token));
        if let Some(reason) = chain.fault() {
            return Err(Fault {
                line: Some(span.start_line.into()),
                reason: reason.into(),
            });
        }
        if let (Token::Mul, Some((operand, place))) = (&token, &before)
            && ends_operand(operand)
        {
            let end = place.end_offset as usize;
            prepared.extend([&source[copied..end], "|", UNFOLDED]);
            copied = end;
        }
        before = Some((token, span));
    }
    prepared.push_str(&source[copied..]);
    Ok(prepared)
}

fn ends_operand(token: &Token<'_>) -> bool {
    use Token::{
        BraceClose, BracketClose, Float, Ident, Int, Int128, ParenClose, Str, String as Text,
    };
    matches!(
        token,
        Str(_) | Text(_) | Int(_) | Int128(_) | Float(_) | Ident(_)
    ) || matches!(token, ParenClose | BracketClose | BraceClose)
}

/// How much hangs on one another where the reader is.
#[derive(Default)]
struct Chain {
    /// The length of the row in each bracket that is open, the innermost last.
    open: Vec<usize>,
    /// The length of the innermost row.
    here: usize,
    branches: usize,
}

impl Chain {
    fn extend(&mut self, token: &Token<'_>, before: Option<&Token<'_>>) {
        match token {
            Token::VariableStart | Token::BlockStart => {
                self.open.clear();
                self.here = 0;
            }
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => {
                self.open.push(self.here + 1);
                self.here = 0;
            }
            Token::ParenClose | Token::BracketClose | Token::BraceClose => {
                self.here = self.open.pop().unwrap_or_default();
            }
            Token::Comma | Token::Colon | Token::Assign => self.here = 0,
            Token::Ident("elif") if matches!(before, Some(Token::BlockStart)) => {
                self.branches += 1;
            }
            _ => self.here += 1,
        }
    }

    fn fault(&self) -> Option<&'static str> {
        if self.branches > MOST_BRANCHES {
            return Some("too many `elif`; look the value up in a map, or take more rules");
        }
        (self.open.iter().sum::<usize>() + self.here > LONGEST)
            .then_some("this expression is too long; take it apart with `{% set %}`")
    }
}

/// The same instructions, with what asks the budget between them.
fn guarded<'s>(instructions: &Instructions<'s>) -> Instructions<'s> {
    let mut guarded = Instructions::new(instructions.name(), instructions.source());
    let mut places = Vec::new();
    let mut next = 0;
    for pc in 0.. {
        places.push(next);
        let Some(instruction) = instructions.get(pc) else {
            break;
        };
        let line = instructions.get_line(pc).unwrap_or(1);
        let line = u16::try_from(line).unwrap_or(u16::MAX);
        for step in steps(instruction) {
            next = guarded.add_with_line(step, line) + 1;
        }
    }
    for pc in 0..next {
        if let Some(target) = guarded.get_mut(pc).and_then(target) {
            *target = places[*target as usize];
        }
    }
    guarded
}

/// Where an instruction jumps to.
fn target<'i>(instruction: &'i mut Instruction<'_>) -> Option<&'i mut u32> {
    match instruction {
        Instruction::Iterate(target)
        | Instruction::Jump(target)
        | Instruction::JumpIfFalse(target)
        | Instruction::JumpIfFalseOrPop(target)
        | Instruction::JumpIfTrueOrPop(target)
        | Instruction::BuildMacro(_, target, _) => Some(target),
        _ => None,
    }
}

/// What stands in the place of an instruction.
fn steps<'s>(instruction: &Instruction<'s>) -> Vec<Instruction<'s>> {
    use Instruction::{
        Add, BuildList, BuildMap, BuildTuple, CallMethod, CompareAndPreserve, Emit, EmitRaw, Eq,
        GetItem, Gt, Gte, In, LoadConst, Lt, Lte, Mul, Ne, PerformTest, PushLoop, Rem, SetAttr,
        Slice, StringConcat, UnpackLists,
    };
    let itself = instruction.clone();
    let one = |name| Instruction::ApplyFilter(name, Some(1), UNCACHED);
    // A filter gives back one value; the two operands come back as a list that is unpacked.
    let two = |name| {
        let ask = Instruction::ApplyFilter(name, Some(2), UNCACHED);
        [ask, Instruction::UnpackList(2)]
    };
    let between = |before: [Instruction<'s>; 2], after: Option<Instruction<'s>>| {
        before
            .into_iter()
            .chain([itself.clone()])
            .chain(after)
            .collect()
    };
    match instruction {
        EmitRaw(text) => vec![LoadConst((*text).into()), Emit],
        Add => between(two(PAIR), Some(one(SETTLED))),
        Mul => between(two(REPEATED), Some(one(SETTLED))),
        GetItem => between(two(INDEXED), None),
        Gt | Gte | Lt | Lte => between(two(ORDERED), None),
        Rem => vec![Instruction::ApplyFilter(REMAINDER, Some(2), UNCACHED)],
        SetAttr(_) => between(two(APART), None),
        StringConcat | Eq | Ne | In | CompareAndPreserve(_) | PerformTest(_, Some(2), _) => {
            between(two(PAIR), None)
        }
        PerformTest(_, Some(1), _) | CallMethod(_, Some(2)) => vec![one(WEIGHED), itself],
        PushLoop(_) => vec![one(LOOPED), itself],
        Slice => {
            let ask = Instruction::ApplyFilter(SLICED, Some(4), UNCACHED);
            vec![ask, Instruction::UnpackList(4), itself, one(SETTLED)]
        }
        BuildList(_) | BuildTuple(_) | BuildMap(_) => vec![itself, one(WEIGHED)],
        UnpackLists(count) => {
            let count = u16::try_from(*count).ok();
            let unpack = Instruction::ApplyFilter(UNPACKED, count, UNCACHED);
            vec![unpack, UnpackLists(1)]
        }
        _ => vec![itself],
    }
}
