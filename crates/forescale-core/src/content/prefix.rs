//! The beginning of a prompt that other prompts may have too.

use super::{Segment, TokenStream};
use crate::ids::RequestId;
use std::sync::Arc;

/// The beginning of a prompt, of tokens that other prompts may have too. What follows it is the request's own.
///
/// A prompt with an empty prefix has nothing of others, but others may have something of it: the first turn of a conversation. A prompt
/// without any prefix is never seen again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix {
    segments: Arc<[Segment]>,
    tokens: u32,
}

impl Prefix {
    /// These tokens, one segment after the other.
    pub fn new(segments: &[Segment]) -> Self {
        let segments: Arc<[Segment]> = segments.iter().copied().filter(|segment| segment.len > 0).collect();
        let tokens = segments.iter().fold(0_u32, |sum, segment| sum.saturating_add(segment.len));
        Self { segments, tokens }
    }

    /// How many tokens it has.
    pub fn tokens(&self) -> u32 {
        self.tokens
    }

    /// Its segments, none of which is empty.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// A whole prompt of `prompt_tokens` tokens: the prefix as far as it goes, then what is the request's own.
    pub fn prompt(&self, request: RequestId, prompt_tokens: u32) -> impl Iterator<Item = Segment> {
        let mut left = prompt_tokens;
        let shared = self.segments.iter().map(move |segment| {
            let len = segment.len.min(left);
            left -= len;
            Segment { len, ..*segment }
        });
        let start = self.tokens.min(prompt_tokens);
        let own = Segment { stream: TokenStream::Prompt(request), start, len: prompt_tokens - start };
        shared.chain([own]).filter(|segment| segment.len > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::WorkloadId;

    fn shared(number: u64, len: u32) -> Segment {
        Segment { stream: TokenStream::Shared(WorkloadId(0), number), start: 0, len }
    }

    #[test]
    fn a_prompt_is_its_prefix_and_its_own_tokens() {
        let prefix = Prefix::new(&[shared(1, 5), shared(2, 0), shared(3, 4)]);
        assert_eq!((prefix.tokens(), prefix.segments().len()), (9, 2));
        let own = |start, len| Segment { stream: TokenStream::Prompt(RequestId(7)), start, len };
        let prompt = |tokens| prefix.prompt(RequestId(7), tokens).collect::<Vec<_>>();
        assert_eq!(prompt(12), [shared(1, 5), shared(3, 4), own(9, 3)]);
        assert_eq!(prompt(7), [shared(1, 5), shared(3, 2)]);
        assert_eq!(Prefix::default().prompt(RequestId(7), 3).collect::<Vec<_>>(), [own(0, 3)]);
    }
}
