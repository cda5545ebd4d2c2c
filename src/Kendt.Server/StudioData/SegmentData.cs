using System.Globalization;
using Kendt.Model.Filters;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Segments.Insight;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>Stored segments with their size and their rule in the reader's language.</summary>
public sealed class SegmentData(Catalogue catalogue, Membership membership, Trend trend, ProfileReader profiles, CustomerList list, TimeProvider time) : ISegmentReader
{
    private const int CurveDays = 30;

    public async Task<IReadOnlyList<SegmentRow>> ListAsync(CancellationToken cancel)
    {
        var (sizes, customers) = await SizesAsync(cancel);
        var curves = await trend.AllAsync(CurveDays, time.GetUtcNow(), cancel);
        return [.. (await catalogue.ListAsync(cancel)).Select(s => Row(s, sizes, customers, curves.GetValueOrDefault(s.Name))).OrderBy(r => r.Title, StringComparer.CurrentCultureIgnoreCase)];
    }

    public async Task<SegmentView?> FindAsync(string name, CancellationToken cancel)
    {
        if (await catalogue.FindAsync(name, cancel) is not { } segment) return null;
        var (sizes, customers) = await SizesAsync(cancel);
        var members = await membership.CurrentAsync(name, null, 10, cancel);
        var curve = await trend.OfAsync(name, CurveDays, time.GetUtcNow(), cancel);
        return new(Row(segment, sizes, customers, curve), Indented(segment.Rule), segment.CreatedAt, segment.UpdatedAt, await list.RowsAsync([.. members.Select(m => m.Profile)], measures: true, cancel));
    }

    private async Task<(IReadOnlyDictionary<string, long> Sizes, long Customers)> SizesAsync(CancellationToken cancel) =>
        (await membership.CountsAsync(cancel), (await profiles.CountAsync(cancel)).Where(c => c.Key is not ProfileKind.Visitor).Sum(c => c.Value));

    private SegmentRow Row(Segment s, IReadOnlyDictionary<string, long> sizes, long customers, IReadOnlyList<TrendDay>? curve)
    {
        var members = sizes.GetValueOrDefault(s.Name);
        var sentence = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "da" ? FilterSentence.Danish(s.Rule) : FilterSentence.English(s.Rule);
        return new(s.Name, s.Title, sentence, members, customers == 0 ? 0 : Math.Min(1, members / (double)customers), Curve(s, curve), time.GetUtcNow());
    }

    // From the day on which the segment was made: before that nobody could be in it.
    private static IReadOnlyList<Point> Curve(Segment s, IReadOnlyList<TrendDay>? curve) => [.. (curve ?? []).Where(d => d.Day >= s.CreatedAt.AddDays(-1)).Select(d => new Point(d.Day, d.Size))];

    private static string Indented(Filter rule)
    {
        using var json = System.Text.Json.JsonDocument.Parse(FilterWriter.Write(rule));
        return System.Text.Json.JsonSerializer.Serialize(json.RootElement, Readable);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
