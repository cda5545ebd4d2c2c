using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>Somebody's figure of a measure, and when time alone changes it.</summary>
internal sealed record Figure(ProfileId Subject, double Value, DateTimeOffset? Until);

/// <summary>
/// The figures of one measure beside the profiles, where one customer's are read at once. Written in pieces, so that nobody who
/// writes waits long, and only where a figure is another than it was.
/// </summary>
internal sealed class LedgerFigures(Engine ledger, string measure, DateTimeOffset asOf)
{
    private const int Piece = 5_000;

    /// <param name="changed">Whose figures they are, those who have none any more too; null for everybody.</param>
    public async Task WriteAsync(IReadOnlyList<Figure> values, IReadOnlyCollection<ProfileId>? changed, CancellationToken cancel)
    {
        if (changed is null)
        {
            await WriteAllAsync([.. values.OrderBy(v => v.Subject)], cancel);
            return;
        }
        var of = values.ToDictionary(v => v.Subject, v => v.Value);
        foreach (var piece in changed.Chunk(Piece))
        {
            await ledger.WriteAsync(async s => await WriteAsync(s, piece, await s.ListChunkedAsync([.. piece.Select(id => new object?[] { id })],
                rows => Sql.Of($"with v(subject) as ({rows}) select f.subject, f.value from v join measure_figure f on f.subject = v.subject and f.measure = {measure}"), Read, cancel), of, cancel), cancel);
        }
    }

    public static Task ForgetAsync(Engine ledger, string measure, CancellationToken cancel) => ledger.WriteAsync(s =>
    {
        s.ChangesAnybody();
        return s.ExecuteAsync(Sql.Of($"delete from measure_figure where measure = {measure}"), cancel);
    }, cancel);

    private async Task WriteAllAsync(Figure[] values, CancellationToken cancel)
    {
        var after = default(ProfileId);
        foreach (var piece in values.Chunk(Piece))
        {
            var (from, last) = (after, piece[^1].Subject);
            await ledger.WriteAsync(async s =>
            {
                var had = await s.ListAsync(Sql.Of($"select subject, value from measure_figure where subject > {from} and subject <= {last} and measure = {measure}"), Read, cancel);
                await WriteAsync(s, [.. had.Select(h => h.Subject).Union(piece.Select(p => p.Subject))], had, piece.ToDictionary(p => p.Subject, p => p.Value), cancel);
            }, cancel);
            after = last;
        }
        await ledger.WriteAsync(async s => s.Changes(await s.ListAsync(Sql.Of($"delete from measure_figure where subject > {after} and measure = {measure} returning subject"), r => r.ProfileId(0), cancel)), cancel);
    }

    private async Task WriteAsync(Session s, IReadOnlyCollection<ProfileId> subjects, IReadOnlyList<(ProfileId Subject, double Value)> had, Dictionary<ProfileId, double> values, CancellationToken cancel)
    {
        var known = had.ToDictionary(h => h.Subject, h => h.Value);
        var gone = known.Keys.Where(id => !values.ContainsKey(id)).ToList();
        var other = subjects.Where(id => values.TryGetValue(id, out var value) && !(known.TryGetValue(id, out var was) && was.Equals(value))).ToList();
        s.Changes(gone.Concat(other));
        await s.ExecuteChunkedAsync([.. gone.Select(id => new object?[] { id, measure })], rows => Sql.Of($"delete from measure_figure where (subject, measure) in ({rows})"), cancel);
        await s.ExecuteChunkedAsync([.. other.Select(id => new object?[] { id, measure, values[id], asOf })], rows => Sql.Of($"""
            insert into measure_figure (subject, measure, value, as_of) {rows} on conflict (subject, measure) do update set value = excluded.value, as_of = excluded.as_of
            """), cancel);
    }

    private static (ProfileId Subject, double Value) Read(Row row) => (row.ProfileId(0), row.Double(1));
}
