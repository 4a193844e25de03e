//! How change requests are met: what git alone cannot know.

use crate::definition::{Source, definition};

definition! {
    PICKUP_TIME = "pickup_time" @ "1", "Pickup time",
    question: "How long does a request wait for its first review?",
    formula: "first review by a person other than the author − ready for review, percentiles 50, 75 and 90 of type 7",
    care: "Requests merged without review have no pickup time and are counted apart.",
    Flow, Seconds, Percentiles, UnknownUntilConnected, needs: [ChangeRequest, Review], k_limited: false,
    Source::Elsewhere
}

definition! {
    REVIEW_TIME = "review_time" @ "1", "Review time",
    question: "How long does it take from first review to approval?",
    formula: "last approval before the merge − first review, percentiles 50, 75 and 90 of type 7",
    care: "Requests merged without review have no review time and are counted apart.",
    Flow, Seconds, Percentiles, UnknownUntilConnected, needs: [ChangeRequest, Review], k_limited: false,
    Source::Elsewhere
}

definition! {
    WORK_IN_PROGRESS = "work_in_progress" @ "1", "Work in progress",
    question: "How many items are worked on at the same time?",
    formula: "time that items spend in progress inside the window, added up, ÷ length of the window",
    care: "Needs a tracker whose states say what is in progress.",
    Flow, Items, Rate, UnknownUntilConnected, needs: [WorkItem], k_limited: false, Source::Elsewhere
}
