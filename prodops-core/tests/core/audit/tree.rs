//! The tree against the published roots, and against a recomputation straight from the definition.

use prodops_core::audit::TreeHash;
use prodops_core::audit::tree::{Frontier, ProofError, Tree, verify_consistency, verify_inclusion};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

/// The leaves of the tests of the certificate-transparency reference implementation, and the roots over the first 1 to 8.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn the_roots_are_the_published_ones() {
    let mut frontier = Frontier::default();
    assert_eq!(frontier.root().to_string(), EMPTY);
    assert_eq!(Tree::default().root().to_string(), EMPTY);
    for (leaf, root) in LEAVES.iter().zip(ROOTS) {
        frontier.append(TreeHash::of_leaf(leaf));
        assert_eq!(frontier.root().to_string(), root, "{}", frontier.size());
    }
    let whole: Tree = LEAVES.iter().map(|leaf| TreeHash::of_leaf(leaf)).collect();
    for (size, root) in (1..).zip(ROOTS) {
        assert_eq!(whole.root_at(size).unwrap().to_string(), root, "{size}");
    }
    assert_eq!(whole.root_at(9), None);
}

/// MTH as RFC 6962, section 2.1, writes it down; shares no code with the crate.
fn definition(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => Sha256::digest([&[0], leaf.as_slice()].concat()).into(),
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            let (left, right) = (definition(&leaves[..k]), definition(&leaves[k..]));
            Sha256::digest([&[1], left.as_slice(), right.as_slice()].concat()).into()
        }
    }
}

/// PATH(m, D) of the same section.
fn path(m: usize, leaves: &[Vec<u8>]) -> Vec<[u8; 32]> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let mut k = 1;
    while k * 2 < leaves.len() {
        k *= 2;
    }
    let (mut path, other) = if m < k {
        (path(m, &leaves[..k]), definition(&leaves[k..]))
    } else {
        (path(m - k, &leaves[k..]), definition(&leaves[..k]))
    };
    path.push(other);
    path
}

/// SUBPROOF(m, D, b) of the same section.
fn subproof(m: usize, leaves: &[Vec<u8>], whole: bool) -> Vec<[u8; 32]> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![definition(leaves)] };
    }
    let mut k = 1;
    while k * 2 < leaves.len() {
        k *= 2;
    }
    let (mut proof, other) = if m <= k {
        (subproof(m, &leaves[..k], whole), definition(&leaves[k..]))
    } else {
        (subproof(m - k, &leaves[k..], false), definition(&leaves[..k]))
    };
    proof.push(other);
    proof
}

fn leaves(size: usize) -> Vec<Vec<u8>> {
    (0..size).map(|n| n.to_be_bytes()[..n % 9].to_vec()).collect()
}

fn hashes(proof: Vec<[u8; 32]>) -> Vec<TreeHash> {
    proof.into_iter().map(TreeHash::from_bytes).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn roots_and_proofs_are_those_of_the_definition(size in 1usize..200, at in 0usize..200, old in 1usize..200) {
        let (at, old, leaves) = (at % size, old.min(size), leaves(size));
        let tree: Tree = leaves.iter().map(|leaf| TreeHash::of_leaf(leaf)).collect();
        let mut frontier = Frontier::default();
        frontier.extend(leaves.iter().map(|leaf| TreeHash::of_leaf(leaf)));
        let root = TreeHash::from_bytes(definition(&leaves));
        prop_assert_eq!(tree.root(), root);
        prop_assert_eq!(frontier.root(), root);
        let (n, index, first) = (size as u64, at as u64, old as u64);
        prop_assert_eq!(tree.inclusion_proof(index, n).unwrap(), hashes(path(at, &leaves)));
        prop_assert_eq!(tree.consistency_proof(first, n).unwrap(), hashes(subproof(old, &leaves, true)));
    }

    #[test]
    fn proofs_prove_what_is_so_and_nothing_else(size in 2u64..300, at in 0u64..300, old in 1u64..300, flip in 0usize..64) {
        let (at, old) = (at % size, old.min(size));
        let leaf = |n: u64| TreeHash::of_leaf(&n.to_be_bytes());
        let tree: Tree = (0..size).map(leaf).collect();
        let (root, old_root) = (tree.root(), tree.root_at(old).unwrap());
        let proof = tree.inclusion_proof(at, size).unwrap();
        prop_assert_eq!(verify_inclusion(&leaf(at), at, size, &root, &proof), Ok(()));
        prop_assert_eq!(verify_inclusion(&leaf(at + 1), at, size, &root, &proof), Err(ProofError::Root));
        prop_assert!(verify_inclusion(&leaf(at), (at + 1) % size, size, &root, &proof).is_err());
        let mut longer = proof.clone();
        longer.push(root);
        prop_assert_eq!(verify_inclusion(&leaf(at), at, size, &root, &longer), Err(ProofError::Length));
        prop_assert!(verify_inclusion(&leaf(at), at, size, &root, &proof[1..]).is_err());

        let proof = tree.consistency_proof(old, size).unwrap();
        prop_assert_eq!(verify_consistency((old, &old_root), (size, &root), &proof), Ok(()));
        prop_assert!(verify_consistency((old, &leaf(0)), (size, &leaf(1)), &proof).is_err());
        if !proof.is_empty() {
            let mut wrong = proof.clone();
            let place = flip % wrong.len();
            wrong[place] = leaf(9_999);
            prop_assert!(verify_consistency((old, &old_root), (size, &root), &wrong).is_err());
            prop_assert!(verify_consistency((old, &old_root), (size, &root), &proof[1..]).is_err());
        }
    }
}

#[test]
fn there_is_no_proof_outside_the_tree() {
    let tree: Tree = (0..5u8).map(|n| TreeHash::of_leaf(&[n])).collect();
    let root = tree.root();
    assert_eq!((tree.inclusion_proof(5, 5), tree.inclusion_proof(0, 6)), (None, None));
    assert_eq!(
        (tree.consistency_proof(0, 5), tree.consistency_proof(3, 6), tree.consistency_proof(4, 3)),
        (None, None, None)
    );
    assert_eq!(verify_inclusion(&root, 5, 5, &root, &[]), Err(ProofError::Range));
    assert_eq!(verify_consistency((0, &root), (5, &root), &[]), Err(ProofError::Range));
    assert_eq!(verify_consistency((5, &root), (5, &root), &[root]), Err(ProofError::Length));
    assert_eq!(verify_consistency((3, &root), (5, &root), &[]), Err(ProofError::Length));
    assert_eq!(verify_inclusion(&root, u64::MAX - 1, u64::MAX, &root, &[root; 70]), Err(ProofError::Length));
}
