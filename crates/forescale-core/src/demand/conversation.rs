//! Conversations: each prompt goes on with all that was said before.

use super::drawn::Streams;
use super::prefix_groups::Groups;
use super::request::Request;
use super::workload::Turns;
use crate::content::{Prefix, Segment, TokenStream};
use forescale_kernel::random::Stream;
use std::collections::BTreeMap;

/// What the prompts of a workload begin with.
pub(super) struct Conversations {
    groups: Option<Groups>,
    turns: Option<Turns>,
    stream: Streams,
    /// How many were begun.
    begun: u64,
    /// Those that go on, by who asks.
    open: BTreeMap<u64, Conversation>,
}

struct Conversation {
    said: Vec<Segment>,
    /// Turns after the one under way.
    left: u32,
}

impl Conversations {
    /// `None` where no prompt has anything of another. `stream` has the random streams by purpose and entity.
    pub(super) fn new(
        groups: Option<Groups>,
        turns: Option<&Turns>,
        stream: impl Fn(&str, u64) -> Stream + Send + 'static,
    ) -> Option<Self> {
        let needed = groups.is_some() || turns.is_some();
        needed.then(|| Self {
            groups,
            turns: turns.cloned(),
            stream: Box::new(stream),
            begun: 0,
            open: BTreeMap::new(),
        })
    }

    /// What this asker's next prompt begins with.
    pub(super) fn prefix(&mut self, asker: u64) -> Prefix {
        let begin = self.groups.as_mut();
        let Some(turns) = &self.turns else { return begin.map(Groups::draw).unwrap_or_default() };
        let conversation = self.open.entry(asker).or_insert_with(|| {
            let said = begin.map(|groups| groups.draw().segments().to_vec()).unwrap_or_default();
            let left = turns.turns.sample_tokens(&mut (self.stream)("turns", self.begun)) - 1;
            self.begun += 1;
            Conversation { said, left }
        });
        Prefix::new(&conversation.said)
    }

    /// What the asker asked has ended for good. Returns whether the conversation goes on.
    pub(super) fn ended(
        &mut self,
        asker: u64,
        request: &Request,
        prefix: Option<&Prefix>,
        is_finished: bool,
    ) -> bool {
        let (Some(turns), Some(conversation)) = (&self.turns, self.open.get_mut(&asker)) else {
            return false;
        };
        let context = request.prompt_tokens.saturating_add(request.output_tokens);
        let is_full = turns.max_context_tokens.is_some_and(|most| context >= most);
        if !is_finished || is_full || conversation.left == 0 {
            self.open.remove(&asker);
            return false;
        }
        if let Some(prefix) = prefix {
            conversation.said = prefix.prompt(request.id, request.prompt_tokens).collect();
        }
        let told = TokenStream::Output(request.id);
        conversation.said.push(Segment { stream: told, start: 0, len: request.output_tokens });
        conversation.left -= 1;
        true
    }
}
