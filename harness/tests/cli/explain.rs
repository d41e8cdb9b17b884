//! `dtr explain`: every kind of id.

use crate::support::dtr;

fn explained(id: &str, words: &[&str]) {
    let ran = dtr(&["explain", id]).exits(0).says(words);
    assert_eq!(ran.err, "", "{id}");
}

#[test]
fn a_question_comes_with_its_readings_and_what_tells_them_apart() {
    let words = [
        "C-02 Approved in time",
        "C-02/A",
        "C-02/B, the pin, costs L2-late: ",
        "The relation consults it",
        "fork-C-02=A-",
        "◀── AS",
    ];
    explained("C-02", &words);
    explained("C-02/A", &words);
    explained("C-02=A", &words);
}

#[test]
fn a_question_outside_the_relation_comes_with_its_experiment() {
    explained(
        "C-46",
        &[
            "C-46 ",
            "severity high",
            "does not consult it",
            "Experiment: have a refresh request deferred",
            "C-46/A, the pin: ",
            "C-46/B, breaks K-6.4-04: ",
            "C-46/C, costs S12: ",
            "C-46/D: ",
        ],
    );
    explained(
        "C-19",
        &["Nothing here tells its readings apart: a client's behaviour"],
    );
    explained("C-81", &["editorial", "C-81/A: "]);
}

#[test]
fn no_reading_is_chosen_of_a_question_outside_the_relation() {
    dtr(&["check", "--reading", "C-40=A"]).refuses(&["does not consult C-40", "dtr explain C-40"]);
}

#[test]
fn a_property_and_a_requirement_come_with_a_trace() {
    explained(
        "S1",
        &["S1 at most one token response", "danger-S1-", "──▶ AS"],
    );
    explained(
        "DTR-6.5.1-07",
        &[
            "DTR-6.5.1-07",
            "6.5.1",
            "A trace that bears on it",
            "──▶ AS",
        ],
    );
}

#[test]
fn a_requirement_is_told_as_a_text_has_it() {
    let ran = dtr(&["explain", "--draft", "gerber-00", "DTR-6.5.1-04"]).exits(0);
    ran.says(&["gerber-00 section 5.5.1 step 3, MUST", "A trace that bears"]);
    explained("DTR-6.5.1-04", &["ietf-01 section 6.5.1 step 3, MUST"]);
    let list = dtr(&["explain", "--draft", "ietf-00", "requirements"]).exits(0);
    list.says(&["DTR00-6.3.1-02 "]);
}

#[test]
fn a_requirement_of_another_text_is_refused_with_which() {
    dtr(&["explain", "DTR00-6.3.1-02"]).refuses(&["no row of ietf-01", "--draft ietf-00"]);
    dtr(&["explain", "--draft", "ietf-00", "DTR-9.1-01"])
        .refuses(&["no row of ietf-00", "--draft ietf-01"]);
}

#[test]
fn a_sibling_s_row_says_whose_check_it_has() {
    let ran = dtr(&["explain", "--draft", "ciba-ping", "CIBA-10.2-09"]).exits(0);
    ran.says(&[
        "ciba-ping section 10.2, MUST NOT",
        "the same as DTR-7.1-10 of ietf-01",
    ]);
    dtr(&["explain", "--draft", "rfc8628", "DTR-7.1-10"])
        .refuses(&["no row of rfc8628", "--draft ietf-01"]);
}

#[test]
fn a_trace_is_drawn() {
    let question = dtr(&["explain", "C-02"]).exits(0);
    let id = question.out.split_whitespace().find_map(|word| {
        let id = word.trim_end_matches(':');
        id.starts_with("fork-C-02=A-").then_some(id)
    });
    explained(
        id.expect("named above"),
        &["approved", "time passes", "poll by owner", "expired_token"],
    );
}

#[test]
fn the_lists_hold_what_can_be_explained() {
    let listed: Vec<String> = (1..=82).map(|n| format!("C-{n:02}  ")).collect();
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    explained("questions", &listed);
    explained("properties", &["S1 ", "L5 "]);
    explained("requirements", &["DTR-6.5.1-07 "]);
}

#[test]
fn an_unknown_id_is_refused_with_where_to_look() {
    for id in ["C-99", "", "fork", "S1 "] {
        dtr(&["explain", id]).refuses(&[&format!("`{id}`"), "dtr explain questions"]);
    }
    dtr(&["explain"]).refuses(&["<ID>"]);
}
