using System.Globalization;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>Where an import is.</summary>
public enum ImportState { Waiting, Running, Done }

/// <summary>An import as it is listed.</summary>
/// <param name="RowsTaken">Rows kept, or messages taken.</param>
/// <param name="RowsKnown">Rows and messages that were there before.</param>
/// <param name="RowsRejected">Rows in the dead letters.</param>
/// <param name="MostGone">The part of the source's records, in percent, that a full refresh may find gone; null: it is no full refresh.</param>
/// <param name="RowsGone">Records that the file did not have any more.</param>
public sealed record Import(
    ImportId Id, string Source, string File, string Path, string Digest, string Mapping, long Bytes,
    long RowsTaken, long RowsKnown, long RowsRejected, ImportState State, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, long? MostGone = null, long RowsGone = 0);

/// <summary>An import that can be run.</summary>
/// <param name="Continues">It was begun before and will go on where it was.</param>
/// <param name="DoneBefore">The same file was imported with the same mapping before: rows that are there will not be kept twice.</param>
public sealed record ImportStarted(ImportId Id, bool Continues, bool DoneBefore);

/// <summary>How far an import is.</summary>
/// <param name="Rows">Rows passed, of every kind.</param>
/// <param name="Fraction">0 to 1, by bytes of the file.</param>
public sealed record ImportProgress(long Rows, long Taken, long Known, long Rejected, double Fraction)
{
    /// <summary>Records of the source that a full refresh found gone.</summary>
    public long Gone { get; init; }
}

/// <summary>One import under way: what it reads, and where it was left.</summary>
internal sealed class ImportRun(Import import, Mapping? mapping, IProgress<ImportProgress>? progress, Func<double> fraction)
{
    public Import Import => import;

    public Mapping? Mapping => mapping;

    /// <summary>The name of its place in <c>projection</c>.</summary>
    public string Offset { get; } = "import:" + import.Id;

    /// <summary>Rows that an earlier run passed.</summary>
    public long Begin { get; set; }

    public long Taken { get; set; }

    public long Known { get; set; }

    public long Rejected { get; set; }

    public long Gone { get; set; }

    /// <summary>How the reason begins where a row was taken without some of its values.</summary>
    public const string LeftOut = "Left out: ";

    /// <summary>The origin of a row's dead letters.</summary>
    public string OriginOf(string row) => $"import:{import.Id}:{row}";

    /// <summary>A dead letter of this import; the same again when the row is read again.</summary>
    public DeadLetter Refuse(long row, string reason, string raw)
    {
        Rejected++;
        return LeaveOut(row, reason, raw);
    }

    /// <summary>The same for the message that rows became.</summary>
    public DeadLetter Refuse(string row, string reason, string message)
    {
        Rejected++;
        return DeadLetter.Of(import.Source, OriginOf(row), reason, message, import.CreatedAt);
    }

    /// <summary>The same for the row that was read.</summary>
    public DeadLetter Refuse(RowFile row, string reason) => Refuse(row.Number, reason, row.Kept);

    /// <summary>The same for a row that was taken without some of its values.</summary>
    public DeadLetter LeaveOut(long row, string reason, string raw) =>
        DeadLetter.Of(import.Source, OriginOf(row.ToString(CultureInfo.InvariantCulture)), reason, raw.Contains('\0', StringComparison.Ordinal) ? raw.Replace('\0', '\uFFFD') : raw, import.CreatedAt);

    public DeadLetter LeaveOut(RowFile row, string reason) => LeaveOut(row.Number, reason, row.Kept);

    public ImportProgress Progress(long rows, double part) => new(rows, Taken, Known, Rejected, part) { Gone = Gone };

    public void Report(long rows) => progress?.Report(Progress(rows, fraction()));
}

/// <summary>A file that holds all records of its source: those that it does not have are gone.</summary>
/// <param name="MostGone">The part of the source's records that may be found gone, in percent; beyond it nothing goes and the import stops.</param>
public sealed record Refresh(int MostGone = 20);
