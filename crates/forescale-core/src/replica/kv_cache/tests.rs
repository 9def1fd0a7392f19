//! The cache against a naive one: a list of free blocks, a list of what they hold.

use super::*;
use crate::content::{Segment, TokenStream};
use crate::ids::{RequestId, WorkloadId};
use proptest::prelude::*;

impl KvCacheManager {
    /// Asserts that each block is free, or referenced as often as the tables say.
    pub(in crate::replica) fn assert_conserved<'a>(&self, tables: impl Iterator<Item = &'a BlockTable>) {
        let tables: Vec<_> = tables.collect();
        match &self.blocks {
            Blocks::Counted(free) => {
                assert_eq!(free + tables.iter().map(|table| table.len()).sum::<u32>(), self.usable);
            }
            Blocks::Named(pool) => {
                let mut held = vec![0; self.usable as usize + 1];
                tables.iter().flat_map(|table| table.ids()).for_each(|block| held[*block as usize] += 1);
                assert_eq!(held[0], 0, "the null block is used");
                let mut free = pool.free_blocks();
                assert_eq!(free.len() as u32, pool.num_free());
                free.sort_unstable();
                let unheld: Vec<u32> = (1..=self.usable).filter(|block| held[*block as usize] == 0).collect();
                assert_eq!(free, unheld);
                for block in 1..=self.usable {
                    assert_eq!(pool.references(block), held[block as usize], "block {block}");
                }
                assert!(pool.num_hashes() <= self.usable as usize);
            }
        }
    }
}

#[test]
fn usage_is_the_share_of_the_blocks_that_are_held() {
    let shown = [(4, 4), (3, 4), (1, 8), (0, 4), (0, 0)].map(|(free, usable)| kv_cache_usage(free, usable));
    assert_eq!(shown, [0.0, 0.25, 0.875, 1.0, 0.0]);
    for caches in [false, true] {
        // The null block is not usable.
        let mut kv_cache = KvCacheManager::new(9, 16, 1024, caches);
        let mut table = BlockTable::default();
        assert!(kv_cache.allocate(&mut table, 16 * 2 + 1));
        assert_eq!((kv_cache.usage(), kv_cache.num_used_blocks()), (3.0 / 8.0, 3));
        kv_cache.free(&mut table);
        assert_eq!(kv_cache.usage(), 0.0);
    }
}

type Token = (TokenStream, u32);

/// Rules 4 and 5 word by word, on tokens instead of hashes.
struct Naive {
    block_size: usize,
    free: Vec<u32>,
    references: Vec<u32>,
    /// What blocks hold from the first token on, oldest first.
    cached: Vec<(Vec<Token>, u32)>,
}

#[derive(Default)]
struct NaiveRequest {
    tokens: Vec<Token>,
    blocks: Vec<u32>,
    hashed: usize,
}

impl Naive {
    fn find(&self, tokens: &[Token]) -> Option<u32> {
        self.cached.iter().find(|(held, _)| held == tokens).map(|(_, block)| *block)
    }

    fn hit(&self, request: &NaiveRequest) -> Vec<u32> {
        let most = (request.tokens.len() - 1) / self.block_size;
        (1..=most).map_while(|blocks| self.find(&request.tokens[..blocks * self.block_size])).collect()
    }

    fn admit(&mut self, request: &mut NaiveRequest) {
        for block in self.hit(request) {
            self.references[block as usize] += 1;
            self.free.retain(|free| *free != block);
            request.blocks.push(block);
        }
        request.hashed = request.blocks.len();
    }

    fn allocate(&mut self, request: &mut NaiveRequest, tokens: usize) -> bool {
        let wanted = tokens.div_ceil(self.block_size).saturating_sub(request.blocks.len());
        if wanted > self.free.len() {
            return false;
        }
        for block in self.free.drain(..wanted) {
            self.cached.retain(|(_, other)| *other != block);
            self.references[block as usize] = 1;
            request.blocks.push(block);
        }
        for full in request.hashed..tokens.min(request.tokens.len()) / self.block_size {
            let held = request.tokens[..(full + 1) * self.block_size].to_vec();
            self.cached.push((held, request.blocks[full]));
            request.hashed = full + 1;
        }
        true
    }

    fn free(&mut self, request: &mut NaiveRequest) {
        let mut front = Vec::new();
        for block in request.blocks.drain(..).rev() {
            self.references[block as usize] -= 1;
            if self.references[block as usize] == 0 {
                match self.cached.iter().any(|(_, other)| *other == block) {
                    true => self.free.push(block),
                    false => front.push(block),
                }
            }
        }
        self.free.splice(0..0, front);
        request.hashed = 0;
    }
}

/// A prompt of a shared beginning, in one or two segments, and an own rest.
fn any_prompt() -> impl Strategy<Value = Vec<(u64, u32, u32)>> {
    (0u64..3, 0u32..14, 0u32..14, 1u32..6)
        .prop_map(|(text, first, second, own)| vec![(text, 0, first), (text, first, second), (100, 0, own)])
}

#[derive(Clone, Debug)]
enum Operation {
    Admit(Vec<(u64, u32, u32)>, u32),
    Grow(usize, u32),
    Free(usize),
}

fn any_operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        (any_prompt(), 1u32..40).prop_map(|(prompt, tokens)| Operation::Admit(prompt, tokens)),
        (0usize..6, 1u32..6).prop_map(|(request, tokens)| Operation::Grow(request, tokens)),
        (0usize..6).prop_map(Operation::Free),
    ]
}

proptest! {
    #[test]
    fn blocks_are_taken_found_and_freed_as_by_the_naive_cache(
        block_size in 1u32..5,
        usable in 1u32..24,
        operations in prop::collection::vec(any_operation(), 1..60),
    ) {
        let mut cache = KvCacheManager::new(usable + 1, block_size, u32::MAX, true);
        let mut naive = Naive {
            block_size: block_size as usize,
            free: (1..=usable).collect(),
            references: vec![0; usable as usize + 1],
            cached: Vec::new(),
        };
        let mut requests: Vec<(NaiveRequest, BlockTable, BlockChain, u32)> = Vec::new();
        let mut number = 0;
        for operation in operations {
            match operation {
                Operation::Admit(prompt, tokens) => {
                    let mut request = NaiveRequest::default();
                    let mut chain = BlockChain::new(block_size);
                    number += 1;
                    for (text, start, len) in prompt {
                        // The rest belongs to nobody else.
                        let stream = match text {
                            100 => TokenStream::Prompt(RequestId(number)),
                            text => TokenStream::Shared(WorkloadId(0), text),
                        };
                        request.tokens.extend((start..start + len).map(|offset| (stream, offset)));
                        chain.push(Segment { stream, start, len });
                    }
                    let known = request.tokens.len() as u32;
                    let hit = cache.find_longest_hit(&chain, known);
                    let naive_hit = naive.hit(&request);
                    prop_assert_eq!(hit.blocks as usize, naive_hit.len());
                    let unreferenced = naive_hit.iter().filter(|block| naive.references[**block as usize] == 0);
                    prop_assert_eq!(hit.unreferenced as usize, unreferenced.count());
                    let mut table = BlockTable::default();
                    cache.take_hit(&mut table, &chain, hit);
                    naive.admit(&mut request);
                    let tokens = (hit.blocks * block_size + tokens).min(known);
                    let taken = cache.allocate(&mut table, tokens);
                    prop_assert_eq!(taken, naive.allocate(&mut request, tokens as usize));
                    if taken {
                        cache.cache_blocks(&mut table, &chain, tokens);
                        requests.push((request, table, chain, tokens));
                    } else {
                        cache.free(&mut table);
                        naive.free(&mut request);
                    }
                }
                Operation::Grow(index, more) => {
                    let Some((request, table, chain, tokens)) = requests.get_mut(index) else { continue };
                    let wanted = (*tokens + more).min(request.tokens.len() as u32);
                    let taken = cache.allocate(table, wanted);
                    prop_assert_eq!(taken, naive.allocate(request, wanted as usize));
                    if taken {
                        cache.cache_blocks(table, chain, wanted);
                        *tokens = wanted;
                    }
                }
                Operation::Free(index) if index < requests.len() => {
                    let (mut request, mut table, ..) = requests.remove(index);
                    cache.free(&mut table);
                    naive.free(&mut request);
                }
                Operation::Free(_) => {}
            }
            let Blocks::Named(pool) = &cache.blocks else { unreachable!() };
            prop_assert_eq!(&pool.free_blocks(), &naive.free);
            for (request, table, ..) in &requests {
                prop_assert_eq!(table.ids(), &request.blocks[..]);
            }
            cache.assert_conserved(requests.iter().map(|(_, table, ..)| table));
        }
    }
}

/// Tokens are one run where stream and offsets go on, not where one of the two does.
#[test]
fn a_run_goes_on_where_stream_and_offset_do() {
    let hashes = |segments: [(u64, u32); 2]| {
        let mut chain = BlockChain::new(4);
        for (text, start) in segments {
            chain.push(Segment { stream: TokenStream::Shared(WorkloadId(0), text), start, len: 2 });
        }
        chain.hashes().to_vec()
    };
    let whole = hashes([(1, 0), (1, 2)]);
    assert_eq!(whole.len(), 1);
    assert_ne!(hashes([(1, 0), (1, 4)]), whole, "a gap");
    assert_ne!(hashes([(1, 0), (2, 2)]), whole, "another text");
}
