using System.Globalization;

namespace Kendt.Collect;

/// <summary>Something about a file that a person should know before its import.</summary>
public enum RemarkKind
{
    /// <summary>Day and month could be either in a column: day first is proposed.</summary>
    AmbiguousDates,
    /// <summary>A column has days of both orders; it is taken as text.</summary>
    MixedDates,
    /// <summary>1.234 could be either in a column.</summary>
    AmbiguousDecimal,
    /// <summary>A column writes numbers with the other decimal mark; it is taken as text.</summary>
    OtherDecimal,
    /// <summary>Lines of two encodings.</summary>
    MixedEncoding,
    /// <summary>Rows that cannot be read.</summary>
    BadRows,
    /// <summary>Only the file's beginning was looked at.</summary>
    NotWhole,
    /// <summary>No line names the columns.</summary>
    NoHeader,
    /// <summary>Nothing names a row: its digest does.</summary>
    NoKey,
    /// <summary>The key comes more than once: of records the last row stands.</summary>
    KeyRepeats,
    /// <summary>Personal numbers (CPR); they are not used unless somebody says so.</summary>
    PersonalNumbers,
    /// <summary>Messages of the tracking API: no mapping is needed.</summary>
    Messages,
    /// <summary>Sheets beside the one that is read.</summary>
    OtherSheets,
    /// <summary>Files of the zip beside the one that is shown.</summary>
    OtherFiles,
    /// <summary>Times that name no zone.</summary>
    AssumedZone,
    /// <summary>Nobody could be found who the rows are about.</summary>
    NoIdentifier,
}

/// <summary>One remark.</summary>
/// <param name="About">The column, the sheets ... that it is about; empty for the file.</param>
/// <param name="Detail">A number or an example.</param>
public sealed record Remark(RemarkKind Kind, string About, string Detail)
{
    /// <summary>It must be decided by a person: nothing is taken in without.</summary>
    public bool NeedsDecision => Kind is RemarkKind.AmbiguousDates or RemarkKind.AmbiguousDecimal;

    /// <summary>In English words.</summary>
    public override string ToString() => Kind switch
    {
        RemarkKind.AmbiguousDates => $"'{About}': day and month could be either ({Detail}); day first is proposed. Say which in format: dates.",
        RemarkKind.MixedDates => $"'{About}' has days with the day first and days with the month first; it is taken as text.",
        RemarkKind.AmbiguousDecimal => $"'{About}': {Detail} could be thousands or decimals. Say which in format: decimal.",
        RemarkKind.OtherDecimal => $"'{About}' writes decimals otherwise than the rest of the file ({Detail}); it is taken as text.",
        RemarkKind.MixedEncoding => $"Some lines are UTF-8 and some are not; it is read as {Detail}, and lines that are not are kept as dead letters.",
        RemarkKind.BadRows => $"{About} rows cannot be read and would be dead letters. The first: {Detail}",
        RemarkKind.NotWhole => $"Only the first {About} rows were looked at.",
        RemarkKind.NoHeader => "No line names the columns; they are named by their place.",
        RemarkKind.NoKey => "No column names a row, so a row is known by its whole text: a changed row counts as a new one.",
        RemarkKind.KeyRepeats => $"The key {About} comes more than once; of records the last row stands.",
        RemarkKind.PersonalNumbers => $"'{About}' has personal numbers (CPR). They are not used: the law asks for a reason of its own.",
        RemarkKind.Messages => "These are messages of the tracking API: name the source, no mapping is needed.",
        RemarkKind.OtherSheets => $"The sheet '{About}' is read. There are others: {Detail}.",
        RemarkKind.OtherFiles => $"The zip has more files: {Detail}. Each is imported by the mapping that fits it.",
        RemarkKind.AssumedZone => $"Times without a zone are read as {About}.",
        RemarkKind.NoIdentifier => "No column names a customer: profiles cannot be made of these rows.",
        _ => Kind.ToString(),
    };
}

/// <summary>What a column was seen to be.</summary>
/// <param name="Filled">The part of its cells with something in them, 0 to 1.</param>
/// <param name="Distinct">Different values; at least so many where they were too many to count.</param>
public sealed record PreviewColumn(string Name, ColumnType Type, double Filled, int Distinct, bool IsUnique, IReadOnlyList<string> Examples, MeaningGuess Guess);

/// <summary>What a file is, before it is imported: how it is written, what its columns seem to mean, and the mapping that would follow.</summary>
public sealed record FilePreview
{
    public required string File { get; init; }
    public required FileForm Form { get; init; }
    public bool IsPacked { get; init; }
    /// <summary>Rows looked at, those that cannot be read among them.</summary>
    public long Rows { get; init; }
    public required IReadOnlyList<PreviewColumn> Columns { get; init; }
    /// <summary>The first rows, their cells in the order of the columns.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Sample { get; init; }
    public required IReadOnlyList<Remark> Remarks { get; init; }
    /// <summary>What is proposed.</summary>
    public required MappingChoice Choice { get; init; }

    public bool IsMessages => Remarks.Any(r => r.Kind == RemarkKind.Messages);

    internal static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
