using Kendt.Model;

namespace Kendt.Collect;

/// <summary>What happened, where the rows are events.</summary>
public enum Activity
{
    /// <summary>The rows are no events.</summary>
    None,
    Orders, Returns, Visits, Tickets,
    /// <summary>Newsletters sent, opened, clicked.</summary>
    Mail,
    /// <summary>Something else, under a name of its own.</summary>
    Other,
}

/// <summary>What a person chose for one column.</summary>
public sealed record ColumnChoice(string Name, Meaning Meaning, ColumnType Type);

/// <summary>What a person confirmed about a file, from which its mapping is written.</summary>
public sealed record MappingChoice
{
    public required string Source { get; init; }
    public Party Party { get; init; }
    public RowsAre Rows { get; init; }
    public Activity Activity { get; init; }
    /// <summary>The event's name; empty: the usual one of the activity, or what the action column says.</summary>
    public string EventName { get; init; } = "";
    /// <summary>The words of the action column and the events that they are; empty: the words are the names.</summary>
    public IReadOnlyDictionary<string, string> Actions { get; init; } = new Dictionary<string, string>();
    /// <summary>The rows are about companies.</summary>
    public bool IsAccount { get; init; }
    public IReadOnlyList<string> Key { get; init; } = [];
    /// <summary>The column with the row's time; null for none.</summary>
    public string? Time { get; init; }
    /// <summary>Rows of one key are the lines of one event.</summary>
    public bool HasLines { get; init; }
    /// <summary>The purpose that consents are for, where no column says it.</summary>
    public string Purpose { get; init; } = "email_marketing";
    public required FileFormat Format { get; init; }
    public required IReadOnlyList<ColumnChoice> Columns { get; init; }
}
