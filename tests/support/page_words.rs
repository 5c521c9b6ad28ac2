//! The words of the made pages.
//!
//! A name is a place, a matter and a thing: 48,000 of them, no two alike however they
//! are folded. How many there are of each is part of what a seed means.

/// First words of names.
#[rustfmt::skip]
pub(super) const PLACES: [&str; 40] = [
    "Alpine", "Arctic", "Autumn", "Baltic", "Boreal", "Brackish", "Coastal", "Deep", "Delta",
    "Eastern", "Ebb", "Estuarine", "Flood", "Fluvial", "Glacial", "Granite", "Headland",
    "Inland", "Island", "Jökull", "Karst", "Lagoon", "Limestone", "Lower", "Marsh", "Meander",
    "Moorland", "Northern", "Offshore", "Polder", "Riparian", "Seasonal", "Shallow", "Southern",
    "Summer", "Tidal", "Upland", "Upper", "Western", "Winter",
];

/// Second words of names.
#[rustfmt::skip]
pub(super) const MATTERS: [&str; 40] = [
    "Algae", "Barge", "Brine", "Canal", "Carp", "Clay", "Current", "Drift", "Eel", "Ferry",
    "Fog", "Gravel", "Heron", "Ice", "Irrigation", "Kelp", "Lock", "Meltwater", "Mud",
    "Navigation", "Névé", "Otter", "Oyster", "Peat", "Pebble", "Rain", "Reed", "Salmon", "Salt",
    "Sand", "Seepage", "Silt", "Snow", "Spring", "Storm", "Swell", "Timber", "Trout", "Wave",
    "Willow",
];

/// What pages are named for.
#[rustfmt::skip]
pub(super) const THINGS: [&str; 30] = [
    "Barrage", "Basin", "Beacon", "Buoy", "Channel", "Cistern", "Culvert", "Dam", "Dredger",
    "Dyke", "Embankment", "Forecast", "Gauge", "Harbour", "Intake", "Ladder", "Ledger", "Meter",
    "Mooring", "Outfall", "Pilot", "Pump", "Quay", "Reservoir", "Siphon", "Sluice", "Survey",
    "Turbine", "Valve", "Wharf",
];

/// What no page is named for: references to these lead nowhere.
#[rustfmt::skip]
pub(super) const NOTIONS: [&str; 16] = [
    "Authority", "Charter", "Concept", "Convention", "Discipline", "Doctrine", "Framework",
    "Market", "Method", "Policy", "Practice", "Principle", "Programme", "Regime", "Standard",
    "Theory",
];

/// Signs that occur in names of real pages.
#[rustfmt::skip]
pub(super) const SIGNS: [&str; 8] = [
    " (Old)", " & Annex", " #2", ", Upper Reach", " 100%", " A+", " v2.1", "’s Twin",
];

/// Domains with the prefixes of their classes and of their term ids.
#[rustfmt::skip]
pub(super) const DOMAINS: [(&str, &str, &str); 6] = [
    ("metaverse", "mv", "MV"), ("ai", "ai", "AI"), ("robotics", "rb", "RB"),
    ("blockchain", "bc", "BC"), ("telecollaboration", "tc", "TC"),
    ("disruptive-tech", "dt", "DT"),
];

/// Relations other than that to a parent.
#[rustfmt::skip]
pub(super) const RELATIONS: [&str; 7] = [
    "has-part", "is-part-of", "requires", "depends-on", "enables", "relates-to", "bridges-to",
];

/// Sentences are an opening, a subject, a verb and an object.
#[rustfmt::skip]
pub(super) const OPENINGS: [&str; 12] = [
    "Before the dam was built", "In a dry summer", "On the lee shore", "By the third lock",
    "After the thaw", "At slack water", "Where the banks are low",
    "According to the older survey", "Once the gates are shut", "In most harbours",
    "Below the weir", "Whenever the wind turns",
];

#[rustfmt::skip]
pub(super) const SUBJECTS: [&str; 12] = [
    "the water", "a patient observer", "the keeper", "the upstream gauge", "every ferry",
    "the flow", "a careful pilot", "the old channel", "the maintenance crew", "the spring tide",
    "the intake", "the whole basin",
];

#[rustfmt::skip]
pub(super) const VERBS: [&str; 12] = [
    "follows", "carries", "depends on", "slows", "is measured against", "feeds", "protects",
    "is held back by", "gives way to", "is named after", "shares its bed with", "waits for",
];

#[rustfmt::skip]
pub(super) const OBJECTS: [&str; 12] = [
    "the next reach", "a narrow sluice", "the night's rain", "two parallel canals",
    "the harbour wall", "whatever the current brings", "a line of posts", "the mill's wheel",
    "the lowest step of the quay", "a bed of reeds", "the winter level", "the pump's rhythm",
];
