using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Server.Api;

/// <summary>What was seen of a file, as JSON.</summary>
internal static class PreviewJson
{
    public static object Shown(FilePreview preview)
    {
        string? mapping = null, fault = null;
        try
        {
            mapping = preview.IsMessages ? null : MappingDraft.Write(preview.Choice);
        }
        catch (BadInputException wrong)
        {
            fault = wrong.Message;
        }
        var (choice, format) = (preview.Choice, preview.Choice.Format);
        return new
        {
            file = preview.File,
            form = preview.IsMessages ? "messages" : Word(preview.Form),
            packed = preview.IsPacked,
            rows = preview.Rows,
            format = new
            {
                delimiter = format.Delimiter?.ToString(),
                encoding = format.Encoding,
                quote = preview.Form == FileForm.Text ? format.Quote?.ToString() ?? "none" : null,
                header = format.Header,
                sheet = format.Sheet,
                @decimal = format.Decimal.ToString(),
                dates = format.Dates,
                empty = format.Empty,
                zone = format.Zone.Id,
            },
            proposed = new { source = choice.Source, rows = Word(choice.Rows), activity = Word(choice.Activity), key = choice.Key, time = choice.Time },
            columns = preview.Columns.Select(c => new
            {
                name = c.Name,
                type = Word(c.Type),
                meaning = Word(c.Guess.Meaning),
                confidence = c.Guess.Confidence,
                because = c.Guess.Because.ToString(),
                filled = c.Filled,
                distinct = c.Distinct,
                unique = c.IsUnique,
                examples = c.Examples,
            }),
            sample = preview.Sample,
            remarks = preview.Remarks.Select(r => new { kind = Word(r.Kind), about = r.About, detail = r.Detail, needsDecision = r.NeedsDecision, text = r.ToString() }),
            mapping,
            fault,
        };
    }

    // camelCase, as the rest of the API.
    private static string Word<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
