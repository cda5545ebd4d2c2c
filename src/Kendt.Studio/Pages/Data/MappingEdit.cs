using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Studio.Pages.Data;

/// <summary>What is chosen on the import page while it is being chosen.</summary>
public sealed class MappingEdit
{
    private readonly MappingChoice proposed;

    public MappingEdit(FilePreview preview)
    {
        proposed = preview.Choice;
        Source = proposed.Source;
        Party = proposed.Party;
        Rows = proposed.Rows;
        Activity = proposed.Activity;
        EventName = proposed.EventName;
        Key = proposed.Key.Count > 0 ? proposed.Key[0] : "";
        Time = proposed.Time ?? "";
        HasLines = proposed.HasLines;
        Purpose = proposed.Purpose;
        Columns = [.. proposed.Columns.Select(c => new ColumnEdit(c.Name) { Meaning = c.Meaning, Type = c.Type })];
    }

    public string Source { get; set; }
    public Party Party { get; set; }
    public RowsAre Rows { get; set; }
    public Activity Activity { get; set; }
    public string EventName { get; set; }
    /// <summary>A column; empty for none.</summary>
    public string Key { get; set; }
    public string Time { get; set; }
    public bool HasLines { get; set; }
    public string Purpose { get; set; }
    public IReadOnlyList<ColumnEdit> Columns { get; }

    /// <summary>One word for what the rows are: records, devices, or the activity.</summary>
    public string What
    {
        get => Rows == RowsAre.Events ? Activity.ToString() : Rows.ToString();
        set
        {
            Rows = Enum.TryParse<RowsAre>(value, out var rows) ? rows : RowsAre.Events;
            Activity = Rows == RowsAre.Events && Enum.TryParse<Activity>(value, out var activity) ? activity : Activity.None;
            HasLines &= Activity == Activity.Orders;
        }
    }

    /// <summary>The choices for <see cref="What"/>.</summary>
    public static IReadOnlyList<string> Whats { get; } = [nameof(RowsAre.Records), .. Enum.GetNames<Activity>().Where(a => a != nameof(Activity.None)), nameof(RowsAre.Devices)];

    /// <summary>The mapping as YAML.</summary>
    /// <exception cref="BadInputException">What was chosen does not go together.</exception>
    public string Write(FileFormat format) => MappingDraft.Write(proposed with
    {
        Source = Source.Trim(),
        Party = Party,
        Rows = Rows,
        Activity = Activity,
        Actions = Activity == proposed.Activity ? proposed.Actions : new Dictionary<string, string>(),
        EventName = EventName,
        Key = Key.Length > 0 ? [Key, .. proposed.Key.Skip(1).Where(_ => Key == proposed.Key[0])] : [],
        Time = Time.Length > 0 ? Time : null,
        HasLines = HasLines,
        Purpose = Purpose,
        Format = format,
        Columns = [.. Columns.Select(c => new ColumnChoice(c.Name, c.Meaning, c.Type))],
    });
}

/// <summary>What is chosen for a column.</summary>
public sealed class ColumnEdit(string name)
{
    public string Name => name;
    public Meaning Meaning { get; set; }
    public ColumnType Type { get; set; }
}

/// <summary>How the file is written, while it is being changed; texts as a person types them.</summary>
public sealed class FormatEdit
{
    private readonly FileFormat seen;

    public FormatEdit(FileFormat format)
    {
        seen = format;
        Delimiter = format.Delimiter is { } mark ? mark.ToString() : "";
        Encoding = format.Encoding ?? "";
        Decimal = format.Decimal.ToString();
        Dates = string.Join(" | ", format.Dates);
        Empty = string.Join(" | ", format.Empty);
        Zone = format.Zone.Id;
        Header = format.Header;
    }

    public string Delimiter { get; set; }
    public string Encoding { get; set; }
    public string Decimal { get; set; }
    /// <summary>Patterns with bars between them.</summary>
    public string Dates { get; set; }
    public string Empty { get; set; }
    public string Zone { get; set; }
    public int Header { get; set; }

    /// <summary>What changes how the file is cut, so that it must be looked at again.</summary>
    public (string, string, int) Cut => (Delimiter, Encoding, Header);

    /// <exception cref="BadInputException">There is no such zone.</exception>
    public FileFormat Format() => seen with
    {
        Delimiter = Delimiter.Length > 0 ? Delimiter[0] : null,
        Encoding = Encoding.Length > 0 ? Encoding : null,
        Decimal = Decimal == "," ? ',' : '.',
        Dates = Parts(Dates),
        Empty = Parts(Empty),
        Header = Math.Clamp(Header, 0, 1000),
        Zone = TimeZoneInfo.TryFindSystemTimeZoneById(Zone.Trim(), out var zone) ? zone : throw new BadInputException($"the zone '{Zone}' is not known (Europe/Copenhagen)."),
    };

    private static string[] Parts(string text) => text.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
