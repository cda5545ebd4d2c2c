namespace Kendt.Studio.Data;

/// <summary>Reads segments and who is in them.</summary>
public interface ISegmentReader
{
    /// <summary>All segments by title.</summary>
    Task<IReadOnlyList<SegmentRow>> ListAsync(CancellationToken cancel);

    /// <summary>One segment; null if there is none of that name.</summary>
    Task<SegmentView?> FindAsync(string name, CancellationToken cancel);
}

/// <summary>A segment in the list.</summary>
/// <param name="Sentence">The rule in words, in the language of <see cref="System.Globalization.CultureInfo.CurrentUICulture"/> where there is one.</param>
/// <param name="Share">Members' part of all customers, 0 to 1.</param>
/// <param name="Curve">Members over the last 30 days, oldest first; empty if not kept.</param>
public sealed record SegmentRow(
    string Name, string Title, string Sentence, long Members, double Share, IReadOnlyList<Point> Curve, DateTimeOffset AsOf);

/// <summary>A segment in full.</summary>
/// <param name="RuleJson">The rule as stored, indented.</param>
/// <param name="Sample">Some members, the latest to enter first.</param>
public sealed record SegmentView(
    SegmentRow Row, string RuleJson, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<PersonRow> Sample);
