//! ConvertTo-Csv: objects as the lines of a CSV text.

use super::export_csv::{DELIMITER, NO_TYPE_INFORMATION, RAW, csv_text, style};
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Output, Run, Stage, Verb};
use crate::diagnostic::Diagnostic;
use crate::format::{Style, plain};
use crate::tenant::Permission;
use crate::value::{DeferredVec, Value};

pub static CONVERT_TO_CSV: Cmdlet = Cmdlet {
    verb: Verb::ConvertTo,
    noun: "Csv",
    aliases: &[],
    synopsis: "Writes objects as CSV text, a row a text",
    description: "What Export-Csv would write to a file: a header, and a row for each object.",
    parameters: &[
        &DELIMITER.declaration,
        &RAW.declaration,
        &NO_TYPE_INFORMATION.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[Example {
        line: "Get-User -City Sydney | Select-Object DisplayName, City | ConvertTo-Csv",
        explanation: "To be pasted somewhere.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    Ok(Box::new(ToCsv {
        style: style(args)?,
        rows: DeferredVec::default(),
    }))
}

struct ToCsv {
    style: Style,
    rows: DeferredVec<Value>,
}

impl Stage for ToCsv {
    fn record(&mut self, _call: &mut Call, value: Value) -> Result<(), Flow> {
        self.rows.push(plain(&value));
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let (rows, style) = (std::mem::take(&mut *self.rows), self.style);
        let text = call.run_in_background(rows.len(), move || csv_text(&rows, style))?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.style.csv_delimiter.unwrap_or(b','))
            .from_reader(text.as_bytes());
        let mut record = csv::ByteRecord::new();
        let place = |reader: &csv::Reader<&[u8]>| {
            usize::try_from(reader.position().byte()).unwrap_or(usize::MAX)
        };
        // A cell may have several lines, so what is a row is the reader's to say. Memory is read without errors.
        let mut start = 0;
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            let end = place(&reader);
            call.write(text[start..end].trim_end_matches('\n'))?;
            start = end;
        }
        Ok(())
    }
}
