//! A story as a picture: a sequence diagram in SVG, coloured by the classes of
//! stateright's explorer.

use std::fmt::Write;

use super::story::{Line, Who, participants};

/// From one lane to the next: room for the longest words of a request.
const LANE: usize = 290;
/// From one line to the next.
const ROW: usize = 30;
/// Where the names stand.
const TOP: usize = 24;

/// The picture, well-formed XML that needs nothing else.
pub fn draw(story: &[Line]) -> String {
    let lanes: Vec<Who> = participants(story).into_iter().collect();
    let (width, height) = (lanes.len() * LANE, TOP + ROW * (story.len() + 1));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\" text-anchor=\"middle\">\n"
    );
    for (at, who) in lanes.iter().enumerate() {
        let x = middle(at);
        let _ = writeln!(
            svg,
            "<text class=\"svg-actor-label\" font-weight=\"bold\" x=\"{x}\" y=\"{TOP}\">{}</text>\n\
             <line class=\"svg-actor-timeline\" x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{height}\"/>",
            escaped(&who.to_string()),
            TOP + 8,
        );
    }
    for (row, line) in story.iter().enumerate() {
        let y = TOP + ROW * (row + 1);
        let lane = |who: &Who| lanes.iter().position(|other| other == who);
        let lane = |who: &Who| middle(lane(who).expect("who takes part has a lane"));
        match line {
            Line::Message {
                from,
                to,
                text,
                lost,
            } => {
                arrow(&mut svg, lane(from), lane(to), y, text, *lost);
            }
            Line::Note { over, text } => write_text(&mut svg, lane(over), y + 4, text),
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn middle(lane: usize) -> usize {
    LANE / 2 + lane * LANE
}

/// A lost message ends half way, with a cross.
fn arrow(svg: &mut String, from: usize, to: usize, y: usize, text: &str, lost: bool) {
    let to = if lost { usize::midpoint(from, to) } else { to };
    let _ = writeln!(
        svg,
        "<line class=\"svg-event-line\" x1=\"{from}\" y1=\"{y}\" x2=\"{to}\" y2=\"{y}\"/>"
    );
    if lost {
        write_text(svg, to, y + 5, "✗");
    } else {
        let back = if from < to { to - 9 } else { to + 9 };
        let _ = writeln!(
            svg,
            "<polygon class=\"svg-event-shape\" points=\"{to},{y} {back},{} {back},{}\"/>",
            y - 5,
            y + 5
        );
    }
    write_text(svg, usize::midpoint(from, to), y - 5, text);
}

fn write_text(svg: &mut String, x: usize, y: usize, text: &str) {
    let text = escaped(text);
    let _ = writeln!(
        svg,
        "<text class=\"svg-event-label\" x=\"{x}\" y=\"{y}\">{text}</text>"
    );
}

/// As the text of an element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Answer;
    use crate::finding::story::tell;
    use crate::world::{Action, Which};

    #[test]
    fn arrows_go_from_lane_to_lane_and_what_is_lost_does_not_arrive() {
        let (first, second) = (Which::First, Which::Second);
        let story = tell(&[
            Action::SendPoll(first),
            Action::ProcessRevoke(second, Answer::Revoked),
            Action::TokenLost(first),
            Action::Tick,
        ]);
        let svg = draw(&story);
        // Three lanes: 145, 435 and 725 from the left.
        let places = ["confidential client", "public client", "AS"];
        let middles = [145, 435, 725];
        for (name, x) in places.iter().zip(middles) {
            assert!(
                svg.contains(&format!("x=\"{x}\" y=\"24\">{name}</text>")),
                "{svg}"
            );
        }
        let lines = [("poll", 145, 725), ("200", 725, 435), ("token", 725, 435)];
        for (row, (text, from, to)) in lines.iter().enumerate() {
            let y = 54 + 30 * row;
            let line = format!("x1=\"{from}\" y1=\"{y}\" x2=\"{to}\" y2=\"{y}\"/>");
            assert!(svg.contains(&line), "{line} in {svg}");
            let middle = (from + to) / 2;
            let words = format!("x=\"{middle}\" y=\"{}\">{text}</text>", y - 5);
            assert!(svg.contains(&words), "{words} in {svg}");
        }
        assert_eq!(svg.matches("<polygon").count(), 2, "{svg}");
        assert_eq!(svg.matches('✗').count(), 1, "{svg}");
        assert!(
            svg.contains("x=\"725\" y=\"148\">time passes</text>"),
            "{svg}"
        );
    }

    #[test]
    fn words_never_become_markup() {
        let text = "<b> & </svg>".to_owned();
        let svg = draw(&[Line::Note {
            over: Who::Server,
            text,
        }]);
        assert!(
            svg.contains(">&lt;b&gt; &amp; &lt;/svg&gt;</text>"),
            "{svg}"
        );
        assert_eq!(svg.matches("</svg>").count(), 1, "{svg}");
    }
}
