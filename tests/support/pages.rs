//! Ontology pages by the thousand, made from a seed, in the shape of real repositories.
//!
//! Every rate and size here is one that was counted on real pages. Nothing is read, and
//! nothing depends on the machine: the same seed gives the same bytes everywhere, for
//! which reason all arithmetic is on integers.

mod page_forms;
mod page_json_ld;
mod page_sheet;
mod page_words;

use std::fmt;
use std::path::Path;
use std::{fs, io};

use page_sheet::{Indent, PUBLIC, Sheet, damaged};
use page_words::{DOMAINS, MATTERS, NOTIONS, PLACES, SIGNS, THINGS};

/// Sizes of pages: (rank in millionths, bytes), straight lines in between. The median is
/// 5 KB, one page in a hundred is larger than 68 KB, and the mean is 10 KB.
const SIZES: [(u64, u64); 11] = [
    (0, SMALLEST_BYTES),
    (10_000, 400),
    (50_000, 1_100),
    (250_000, 2_800),
    (500_000, 5_120),
    (750_000, 8_600),
    (900_000, 18_000),
    (950_000, 30_000),
    (990_000, 69_632),
    (999_000, 180_000),
    (1_000_000, 573_440),
];
/// A bullet with nothing behind it.
const SMALLEST_BYTES: u64 = 3;
/// Below this no block of properties fits.
const SMALLEST_BLOCK_BYTES: u64 = 700;
/// A prime above any number of pages or names, so that its multiples visit all of them.
const STRIDE: u64 = 1_000_003;
/// The name of page 0, which one page in twenty has as its parent.
const HUB: &str = "Water Body";

/// A made repository of pages.
#[derive(Clone, Copy, Debug)]
pub struct Corpus {
    /// What everything follows from.
    pub seed: u64,
    /// How many pages it has: at least 1, fewer than 48,000.
    pub pages: usize,
    /// Of a thousand pages that are large enough for it, how many state their class in JSON-LD
    /// besides the few that always do.
    pub json_ld_per_mille: usize,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files.
    pub files: usize,
    /// Their sizes, added.
    pub bytes: u64,
    /// Pages that claim at least one class.
    pub ontology_pages: usize,
    /// Pages that claim none and are part of the graph.
    pub graph_pages: usize,
    /// Pages that state nothing.
    pub without_markers: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, bytes, ontology_pages, graph_pages, without_markers } = self;
        write!(
            f,
            "{files} files, {bytes} bytes: {ontology_pages} ontology pages, {graph_pages} graph \
             pages, {without_markers} without markers"
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Canonical,
    Oldest,
    Synthetic,
    Term,
    Graph,
    IriFirst,
    JsonLd,
    NoMarkers,
}

impl Kind {
    fn claims(self) -> bool {
        !matches!(self, Self::Graph | Self::NoMarkers)
    }
}

/// A class as a page names it: by a name, or in a fence by its IRI.
struct Reference {
    name: String,
    class: String,
}

impl Corpus {
    /// A repository of all generations, as one that has grown over years.
    pub fn new(seed: u64, pages: usize) -> Self {
        Self { seed, pages, json_ld_per_mille: 0 }
    }

    /// One whose pages state their classes in JSON-LD.
    #[allow(dead_code, reason = "not every test and bench has such a one")]
    pub fn of_today(seed: u64, pages: usize) -> Self {
        Self { seed, pages, json_ld_per_mille: 1000 }
    }

    /// Writes all pages below `root`, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// Whatever the file system says.
    pub fn write(&self, root: &Path) -> io::Result<Summary> {
        let mut summary = Summary::default();
        fs::create_dir_all(root.join("notes"))?;
        for index in 0..self.pages {
            let (path, content) = self.page(index);
            fs::write(root.join(path), &content)?;
            summary.files += 1;
            summary.bytes += content.len() as u64;
            match self.kind(index) {
                kind if kind.claims() => summary.ontology_pages += 1,
                Kind::NoMarkers => summary.without_markers += 1,
                _ => summary.graph_pages += 1,
            }
        }
        Ok(summary)
    }

    /// Page `index`, from 0: its path below the root, and its bytes.
    pub fn page(&self, index: usize) -> (String, Vec<u8>) {
        let mut rng = self.rng(index, 1);
        let mut sheet = Sheet { text: String::new(), indent: Indent::draw(&mut rng) };
        let bytes = self.size(index) as usize;
        match self.kind(index) {
            Kind::Canonical => self.canonical(index, &mut rng, &mut sheet),
            Kind::Oldest => self.oldest(index, &mut rng, &mut sheet),
            Kind::Synthetic => self.synthetic(index, &mut rng, &mut sheet),
            Kind::Term => self.term_page(index, &mut rng, &mut sheet),
            Kind::Graph => sheet.flush(if rng.chance(100) { "- public:: true" } else { PUBLIC }),
            Kind::IriFirst => self.iri_first(index, &mut rng, &mut sheet),
            Kind::JsonLd => self.json_ld(index, &mut rng, &mut sheet),
            Kind::NoMarkers if bytes as u64 == SMALLEST_BYTES => sheet.flush("- "),
            Kind::NoMarkers => {
                sheet.prose(bytes, &mut rng, |_| None);
                sheet.text.truncate(bytes);
            }
        }
        if self.kind(index) != Kind::NoMarkers {
            sheet.prose(bytes, &mut rng, |rng| Some(self.mention(rng)));
        }
        (self.path(index), damaged(sheet.text, &mut rng))
    }

    fn rng(&self, index: usize, purpose: u64) -> Rng {
        let mut mixed = Rng(self.seed ^ (index as u64) << 8 ^ purpose);
        Rng(mixed.next())
    }

    /// The size aimed at. Each rank is taken by one page, so that every corpus has the
    /// stated quantiles; page 0 is the median.
    fn size(&self, index: usize) -> u64 {
        let pages = self.pages as u64;
        let rank = (index as u64 * STRIDE + pages / 2) % pages;
        let millionths = rank * 1_000_000 / (pages - 1).max(1);
        let above = SIZES.iter().position(|point| point.0 >= millionths).unwrap_or(1).max(1);
        let ((x0, y0), (x1, y1)) = (SIZES[above - 1], SIZES[above]);
        y0 + (y1 - y0) * (millionths - x0) / (x1 - x0)
    }

    fn kind(&self, index: usize) -> Kind {
        let mut rng = self.rng(index, 2);
        if index == 0 {
            let is_of_today = self.json_ld_per_mille == 1000;
            return if is_of_today { Kind::JsonLd } else { Kind::Canonical };
        }
        if self.size(index) < SMALLEST_BLOCK_BYTES {
            let bare = self.size(index) == SMALLEST_BYTES || rng.chance(600);
            return if bare { Kind::NoMarkers } else { Kind::Graph };
        }
        if self.rng(index, 8).chance(self.json_ld_per_mille) {
            return Kind::JsonLd;
        }
        match rng.below(1000) {
            0..15 => Kind::NoMarkers,
            15..55 => Kind::Graph,
            55..60 => Kind::IriFirst,
            60..65 => Kind::JsonLd,
            65..105 => Kind::Term,
            105..135 => Kind::Synthetic,
            135..350 => Kind::Oldest,
            _ => Kind::Canonical,
        }
    }

    /// The three words of a page's name; different pages have different words.
    fn words(&self, index: usize) -> [&'static str; 3] {
        let all = (PLACES.len() * MATTERS.len() * THINGS.len()) as u64;
        let start = Rng(self.seed).next() % all;
        let place = ((index as u64 * STRIDE + start) % all) as usize;
        let (rest, thing) = (place / THINGS.len(), place % THINGS.len());
        [PLACES[rest / MATTERS.len()], MATTERS[rest % MATTERS.len()], THINGS[thing]]
    }

    fn name(&self, index: usize) -> String {
        if index == 0 {
            return HUB.to_owned();
        }
        let mut rng = self.rng(index, 3);
        let sign = if rng.chance(60) { rng.pick(&SIGNS) } else { "" };
        let base = self.words(index).join(" ");
        if rng.chance(10) { format!("Rivers/{base}{sign}") } else { format!("{base}{sign}") }
    }

    fn path(&self, index: usize) -> String {
        let folder = if self.rng(index, 4).chance(20) { "notes/" } else { "" };
        format!("{folder}{}.md", self.name(index).replace('/', "___"))
    }

    fn alt_term(&self, index: usize) -> String {
        let [place, matter, thing] = self.words(index);
        format!("{thing} for {place} {matter}")
    }

    fn domain(&self, index: usize) -> (&'static str, &'static str, &'static str) {
        let mut rng = self.rng(index, 5);
        if rng.chance(400) { DOMAINS[0] } else { rng.pick(&DOMAINS) }
    }

    /// The class a page claims: its own, or, for one page in thirteen, its neighbour's.
    fn class(&self, index: usize) -> String {
        let mut rng = self.rng(index, 6);
        if index % 2 == 1 && self.kind(index - 1).claims() && rng.chance(170) {
            return self.class(index - 1);
        }
        match self.kind(index) {
            Kind::JsonLd => return format!("urn:ngm:class:{}", slug(&self.name(index))),
            Kind::IriFirst => {
                return format!("http://example.org/water#{}", camel(&self.name(index)));
            }
            _ => {}
        }
        let prefix = if rng.chance(20) { "aigo" } else { self.domain(index).1 };
        format!("{prefix}:{}", camel(&self.name(index)))
    }

    /// A page's term id: its own, or, for nearly one page in five, its neighbour's.
    fn term_id(&self, index: usize) -> String {
        let mut rng = self.rng(index, 7);
        if index % 2 == 1 && self.kind(index - 1).claims() && rng.chance(410) {
            return self.term_id(index - 1);
        }
        match self.kind(index) {
            Kind::Oldest => format!("{}", 20_000 + index),
            _ => format!("{}-{:04}", self.domain(index).2, index),
        }
    }

    /// A reference to a page that claims a class and has a smaller index, so that the
    /// hierarchy has no cycle. Byte order does not follow the index: half come later.
    fn earlier(&self, index: usize, rng: &mut Rng) -> Reference {
        let skewed = rng.below(index) * rng.below(index) / index;
        let target = (0..=skewed).rev().find(|at| self.kind(*at).claims()).unwrap_or(0);
        let name = match rng.below(100) {
            0..10 if target > 0 && self.kind(target) == Kind::Canonical => self.alt_term(target),
            10..20 => self.name(target).to_lowercase(),
            20..25 => self.name(target).replace(' ', "-"),
            _ => self.name(target),
        };
        Reference { name, class: self.class(target) }
    }

    /// A reference that leads nowhere.
    fn nowhere(&self, rng: &mut Rng) -> Reference {
        let pool = self.pages / 3 + 1;
        let place = (rng.below(pool) * rng.below(pool) / pool) as u64 * STRIDE;
        let place = (place % (PLACES.len() * MATTERS.len() * NOTIONS.len()) as u64) as usize;
        let (rest, notion) = (place / NOTIONS.len(), NOTIONS[place % NOTIONS.len()]);
        let name =
            format!("{} {} {notion}", PLACES[rest / MATTERS.len()], MATTERS[rest % MATTERS.len()]);
        let class = format!("mv:{}", camel(&name));
        let name = if rng.chance(50) { name.to_lowercase().replace(' ', "-") } else { name };
        Reference { name, class }
    }

    /// None to three parents: 56 in a hundred are pages, the rest lead nowhere.
    fn parents(&self, index: usize, rng: &mut Rng) -> Vec<Reference> {
        let count = [0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3][rng.below(12)];
        let mut parents = Vec::new();
        for at in 0..count {
            parents.push(match (index, at) {
                (0, _) => break,
                (_, 0) if rng.chance(70) => self.hub(),
                _ if rng.chance(535) => self.earlier(index, rng),
                _ => self.nowhere(rng),
            });
        }
        if rng.chance(3) {
            parents.push(Reference { name: self.name(index), class: self.class(index) });
        }
        parents
    }

    fn hub(&self) -> Reference {
        Reference { name: HUB.to_owned(), class: self.class(0) }
    }

    /// The name of any page, or one that leads nowhere, for prose and relations.
    fn mention(&self, rng: &mut Rng) -> String {
        if rng.chance(600) { self.name(rng.below(self.pages)) } else { self.nowhere(rng).name }
    }
}

/// The local name of an IRI: spaces, commas and quotes go, other signs stay.
fn camel(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || "()#%+.".contains(*c)).collect()
}

/// The last part of a class's IRI in JSON-LD.
fn slug(name: &str) -> String {
    name.to_lowercase().replace([' ', '/', '%', '#'], "-")
}

/// A class in functional syntax.
fn functional(class: &str) -> String {
    let is_whole = class.starts_with("urn:") || class.starts_with("http:");
    if is_whole { format!("<{class}>") } else { class.to_owned() }
}

/// SplitMix64: eight bytes of state, and every state is a good one.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn chance(&mut self, per_mille: usize) -> bool {
        self.below(1000) < per_mille
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

// The tests stand in no module of their own: where this file is part of a bench, the test
// functions vanish and the module's imports and helpers would be left over.

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, twin) = (Corpus::new(7, 300), Corpus::new(7, 300));
    let other = Corpus { seed: 8, ..one };
    assert!((0..300).all(|index| one.page(index) == twin.page(index)));
    assert!((1..300).all(|index| one.page(index).0 != other.page(index).0));
}

#[test]
fn sizes_follow_the_stated_quantiles() {
    let corpus = Corpus::new(7, 1_563);
    let mut sizes: Vec<_> = (0..corpus.pages).map(|index| corpus.page(index).1.len()).collect();
    sizes.sort_unstable();
    let at = |per_mille| sizes[(sizes.len() - 1) * per_mille / 1000];
    assert_eq!(at(0), 3);
    assert!((5_000..5_400).contains(&at(500)), "median {}", at(500));
    assert!((68_000..74_000).contains(&at(990)), "p99 {}", at(990));
    assert!((570_000..590_000).contains(&at(1000)), "largest {}", at(1000));
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    assert!((9_000..11_500).contains(&mean), "mean {mean}");
}

#[test]
fn no_two_names_are_alike_even_folded() {
    let folded = |name: String| name.to_lowercase().replace([' ', '-', '’'], "");
    let corpus = Corpus::new(1, 47_999);
    let names: std::collections::BTreeSet<_> =
        (0..corpus.pages).map(|index| folded(corpus.name(index))).collect();
    assert_eq!(names.len(), corpus.pages);
    let mut rng = Rng(5);
    assert!((0..9_999).all(|_| !names.contains(&folded(corpus.nowhere(&mut rng).name))));
}

#[test]
fn parents_resolve_as_often_as_on_real_pages_and_half_of_them_come_later() {
    let corpus = Corpus::new(7, 1_563);
    let claims: std::collections::BTreeMap<_, _> =
        (0..corpus.pages).rev().map(|at| (corpus.class(at), corpus.path(at))).collect();
    let (mut links, mut resolved, mut later, mut hub) = (0, 0, 0, 0);
    for index in 1..corpus.pages {
        for parent in corpus.parents(index, &mut Rng(index as u64)) {
            links += 1;
            hub += usize::from(parent.name == HUB);
            let path = claims.get(&parent.class);
            resolved += usize::from(path.is_some());
            later += usize::from(path.is_some_and(|path| *path > corpus.path(index)));
        }
    }
    assert!((53..60).contains(&(resolved * 100 / links)), "{resolved} of {links} resolve");
    assert!((40..60).contains(&(later * 100 / resolved)), "{later} of {resolved} come later");
    assert!((4..8).contains(&(hub * 100 / corpus.pages)), "{hub} name the hub");
}

#[test]
fn as_many_classes_and_terms_are_shared_as_on_real_pages() {
    let corpus = Corpus::new(7, 1_563);
    let claiming: Vec<_> = (0..corpus.pages).filter(|at| corpus.kind(*at).claims()).collect();
    let distinct =
        |words: Vec<String>| words.into_iter().collect::<std::collections::BTreeSet<_>>().len();
    let classes = distinct(claiming.iter().map(|at| corpus.class(*at)).collect());
    let terms = distinct(claiming.iter().map(|at| corpus.term_id(*at)).collect());
    let (classes, terms) = (claiming.len() - classes, claiming.len() - terms);
    assert!((95..145).contains(&classes), "{classes} classes claimed twice");
    assert!((245..330).contains(&terms), "{terms} terms used twice");
}

#[test]
fn one_page_in_seven_has_all_required_keys() {
    let corpus = Corpus::new(7, 1_563);
    let keys = "term-id preferred-term source-domain status public-access last-updated \
                definition owl:class owl:physicality owl:role is-subclass-of";
    let whole = |index: &usize| {
        let content = corpus.page(*index).1;
        let text = String::from_utf8_lossy(&content);
        keys.split_whitespace().all(|key| text.contains(&format!("- {key}:: ")))
    };
    let count = (0..corpus.pages).filter(whole).count();
    assert!((11..17).contains(&(count * 100 / corpus.pages)), "{count} pages are whole");
}
