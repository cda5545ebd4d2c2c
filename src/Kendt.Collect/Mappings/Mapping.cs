using System.Text.Json;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>What the rows of a file are.</summary>
public enum RowsAre { Records, Events, Devices }

/// <summary>What a column's text stands for.</summary>
public enum ColumnType { Text, Number, Boolean, Date, Time }

/// <summary>Which part of a consent decision a column holds.</summary>
public enum ConsentPart { Purpose, State, Time }

/// <summary>How the text of a file is to be read.</summary>
public sealed record FileFormat
{
    /// <summary>Null: found in the header.</summary>
    public char? Delimiter { get; init; }
    /// <summary>Null: UTF-8, or what the byte order mark says.</summary>
    public string? Encoding { get; init; }
    public char Decimal { get; init; } = '.';
    /// <summary>.NET date patterns, tried in order, before ISO 8601.</summary>
    public IReadOnlyList<string> Dates { get; init; } = [];
    /// <summary>The wall clock of times that name no offset.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
    /// <summary>What a field with delimiters in it stands between; null: nothing does, a quote is a character like others.</summary>
    public char? Quote { get; init; } = '"';
    /// <summary>The line that names the columns, from 1; what stands above it is passed over. 0: no line does, they are named by their place.</summary>
    public int Header { get; init; } = 1;
    /// <summary>Words that stand for an empty cell.</summary>
    public IReadOnlyList<string> Empty { get; init; } = [];
    /// <summary>The sheet of an Excel file; null: the first that has rows.</summary>
    public string? Sheet { get; init; }
}

/// <summary>The name of the event that a row is.</summary>
/// <param name="Constant">The same for all rows; null if a column says it.</param>
/// <param name="Names">The column's value to the event's name; empty: the value is the name.</param>
public sealed record EventName(string? Constant, string? Column, IReadOnlyDictionary<string, string> Names);

/// <summary>A property that is the sum over an event's lines of the product of line fields.</summary>
public sealed record LineTotal(string Property, IReadOnlyList<string> Of);

/// <summary>What one column is used for.</summary>
public sealed record MappedColumn
{
    public required string Name { get; init; }
    public ColumnType Type { get; init; }
    /// <summary>Type of the identifier that it holds.</summary>
    public string? Identifier { get; init; }
    /// <summary>Path of the trait; dots make nested objects.</summary>
    public string? Trait { get; init; }
    /// <summary>Path of the event's property.</summary>
    public string? Property { get; init; }
    /// <summary>Field of a line in the event's <c>products</c>.</summary>
    public string? Line { get; init; }
    public ConsentPart? Consent { get; init; }
    /// <summary>It holds the device's audiences.</summary>
    public bool IsAudiences { get; init; }
    public string Separator { get; init; } = ";";
    /// <summary>It names the account that the person belongs to.</summary>
    public bool IsAccount { get; init; }
    /// <summary>The text that means true; null: the usual words.</summary>
    public string? Yes { get; init; }
}

/// <summary>How the rows of a file are read: made by <see cref="MappingFile.Parse"/>, and kept with what was read by it.</summary>
public sealed record Mapping
{
    public required string Source { get; init; }
    public Party Party { get; init; }
    public required RowsAre Rows { get; init; }
    /// <summary>The rows are about companies.</summary>
    public bool IsAccount { get; init; }
    /// <summary>Each file holds all records of the source: what it has no more is gone.</summary>
    public bool IsFull { get; init; }
    /// <summary>The columns that name a row; none: a digest of the row does.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];
    /// <summary>The column with the row's time.</summary>
    public string? Time { get; init; }
    public FileFormat Format { get; init; } = new();
    public EventName? Event { get; init; }
    /// <summary>Constants: properties of events, traits of records, the purpose of consent decisions.</summary>
    public IReadOnlyDictionary<string, JsonElement> Set { get; init; } = new Dictionary<string, JsonElement>();
    public LineTotal? Total { get; init; }
    /// <summary>The columns that are used, in the order of the mapping.</summary>
    public required IReadOnlyList<MappedColumn> Columns { get; init; }
    /// <summary>The text that it was made from.</summary>
    public required string Yaml { get; init; }
    /// <summary>Its name where it is stored: a digest of its text, so that a record is always read as it was meant.</summary>
    public required string Name { get; init; }

    /// <summary>Consecutive rows of one key are one event.</summary>
    public bool HasLines => Columns.Any(c => c.Line is not null);

    /// <summary>Every column that it names, which the file must have.</summary>
    internal IEnumerable<string> Named =>
        new[] { Time, Event?.Column }.OfType<string>().Concat(Key).Concat(Columns.Select(c => c.Name)).Distinct(StringComparer.Ordinal);
}
