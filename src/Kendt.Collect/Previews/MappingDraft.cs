using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>Writes the mapping that a choice is, as YAML that <see cref="MappingFile.Parse"/> reads.</summary>
public static partial class MappingDraft
{
    private static readonly HashSet<string> Special = new(["null", "true", "false", "yes", "no", "y", "n", "on", "off"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The mapping as YAML.</summary>
    /// <exception cref="BadInputException">What was chosen does not go together; the message says what.</exception>
    public static string Write(MappingChoice choice)
    {
        var yaml = new StringBuilder();
        yaml.Append(CultureInfo.InvariantCulture, $"source: {Text(choice.Source)}\nparty: {Word(choice.Party)}\nrows: {Word(choice.Rows)}\n");
        if (choice.IsAccount && choice.Rows == RowsAre.Records) yaml.Append("entity: account\n");
        if (choice.Key.Count > 0) yaml.Append(CultureInfo.InvariantCulture, $"key: {(choice.Key.Count == 1 ? Text(choice.Key[0]) : List(choice.Key))}\n");
        if (choice.Time is { } time) yaml.Append(CultureInfo.InvariantCulture, $"time: {Text(time)}\n");
        Format(yaml, choice.Format);
        if (choice.Rows == RowsAre.Events) Event(yaml, choice);
        var uses = new MeaningUses(choice);
        if (choice.Rows == RowsAre.Records && choice.Columns.Any(c => c.Meaning == Meaning.ConsentState) && !choice.Columns.Any(c => c.Meaning == Meaning.ConsentPurpose))
            yaml.Append(CultureInfo.InvariantCulture, $"set: {{ purpose: {Text(choice.Purpose)} }}\n");
        var columns = choice.Columns.Select(c => (c.Name, Use: uses.Of(c))).ToList();
        if (choice is { Rows: RowsAre.Events, HasLines: true })
        {
            if (uses.HasLine("quantity") && uses.HasLine("price")) yaml.Append("total: { property: total, of: [quantity, price] }\n");
            else if (uses.HasLine("amount")) yaml.Append("total: { property: total, of: [amount] }\n");
        }
        yaml.Append(columns.Count == 0 ? "columns: {}\n" : "columns:\n");
        foreach (var (name, use) in columns) yaml.Append(CultureInfo.InvariantCulture, $"  {Text(name)}: {{ {use} }}\n");
        var text = yaml.ToString();
        MappingFile.Parse(text); // what was chosen must hold together
        return text;
    }

    private static void Format(StringBuilder yaml, FileFormat format)
    {
        var parts = new List<string>();
        if (format.Delimiter is { } mark) parts.Add($"delimiter: {(mark == '\t' ? "tab" : Text(mark.ToString()))}");
        if (format.Encoding is { } encoding) parts.Add($"encoding: {Text(encoding)}");
        if (format.Quote is not '"') parts.Add($"quote: {(format.Quote is { } quote ? Text(quote.ToString()) : "none")}");
        if (format.Header != 1) parts.Add(string.Create(CultureInfo.InvariantCulture, $"header: {format.Header}"));
        if (format.Sheet is { } sheet) parts.Add($"sheet: {Text(sheet)}");
        parts.Add($"decimal: {Text(format.Decimal.ToString())}");
        if (format.Dates.Count > 0) parts.Add($"dates: {List(format.Dates)}");
        if (format.Empty.Count > 0) parts.Add($"empty: {List(format.Empty)}");
        if (format.Zone.Id != TimeZoneInfo.Utc.Id) parts.Add($"zone: {Text(format.Zone.Id)}");
        yaml.Append(CultureInfo.InvariantCulture, $"format: {{ {string.Join(", ", parts)} }}\n");
    }

    private static void Event(StringBuilder yaml, MappingChoice choice)
    {
        var name = choice.EventName.Trim();
        var action = choice.Columns.FirstOrDefault(c => c.Meaning == Meaning.Action);
        if (name.Length == 0 && action is not null)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"event: {{ column: {Text(action.Name)}");
            if (choice.Actions.Count > 0) yaml.Append(CultureInfo.InvariantCulture, $", names: {{ {string.Join(", ", choice.Actions.Select(a => $"{Text(a.Key)}: {Text(a.Value)}"))} }}");
            yaml.Append(" }\n");
            return;
        }
        if (name.Length == 0)
        {
            name = choice.Activity switch
            {
                Activity.Orders => "Order Completed",
                Activity.Returns => "Product Returned",
                Activity.Visits => "Page Viewed",
                Activity.Tickets => "Ticket Opened",
                Activity.Mail => "Email Sent",
                _ => throw new BadInputException("The event has no name: say what happened, such as Event Attended."),
            };
        }
        yaml.Append(CultureInfo.InvariantCulture, $"event: {Text(name)}\n");
    }

    private static string List(IReadOnlyList<string> texts) => $"[{string.Join(", ", texts.Select(Text))}]";

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    // Plain where it cannot be misread; else as JSON writes it, which YAML reads.
    private static string Text(string text) => Plain().IsMatch(text) && !Special.Contains(text) ? text : JsonSerializer.Serialize(text, JsonWords.Relaxed);

    [GeneratedRegex(@"^[\p{L}_](?:[\p{L}\p{Nd}_ -]{0,98}[\p{L}\p{Nd}_])?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Plain();
}
