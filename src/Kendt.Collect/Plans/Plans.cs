using System.Globalization;
using System.Text;
using System.Text.Json;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// The tracking plans of the workspace, and what they say of messages. A message is held against its plan at the door,
/// before it is in the log: so the answer to its sender says what was blocked, what is in the log was allowed when it came,
/// and a plan that changes does not change what happened.
/// </summary>
public sealed class Plans(Stores stores, Violations violations, TimeProvider time)
{
    // The plans by source, and when each was changed last.
    private sealed record Loaded(Dictionary<string, Plan> BySource, string Changes);

    private volatile Remembered<Loaded>? _loaded;

    public async Task<IReadOnlyList<Plan>> ListAsync(CancellationToken cancel) =>
        [.. (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select yaml from plan order by name"), r => r.Text(0), cancel), cancel)).Select(PlanFile.Parse)];

    public async Task<Plan?> FindAsync(string name, CancellationToken cancel) =>
        await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select yaml from plan where name = {name}"), r => r.Text(0), cancel), cancel) is { } yaml ? PlanFile.Parse(yaml) : null;

    /// <summary>The plan of a source; null if it has none.</summary>
    public async ValueTask<Plan?> OfAsync(string source, CancellationToken cancel) => (_loaded is { } known && !known.IsDue() ? known.Value : await LoadAsync(cancel)).BySource.GetValueOrDefault(source);

    /// <summary>Keeps a plan; it holds for what comes from now on.</summary>
    /// <exception cref="BadInputException">It has faults, or one of its sources has another plan.</exception>
    public async Task<Plan> PutAsync(string yaml, CancellationToken cancel)
    {
        var plan = PlanFile.Parse(yaml);
        foreach (var other in (await ListAsync(cancel)).Where(p => p.Name != plan.Name))
        {
            if (other.Sources.Intersect(plan.Sources, StringComparer.Ordinal).FirstOrDefault() is { } twice)
                throw new BadInputException($"The source '{twice}' has the plan '{other.Name}' already, and a source has one plan. Take it out of one of the two.");
        }
        await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"""
            insert into plan (name, yaml, updated_at) values ({plan.Name}, {yaml}, {time.GetUtcNow()}) on conflict (name) do update set yaml = excluded.yaml, updated_at = excluded.updated_at
            """), cancel), cancel);
        _loaded = null; // of two changes in one moment the second holds, too
        await LoadAsync(cancel);
        return plan;
    }

    /// <returns>False if there is no such plan.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancel)
    {
        var removed = await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"delete from plan where name = {name}"), cancel), cancel);
        _loaded = null;
        await LoadAsync(cancel);
        return removed > 0;
    }

    /// <summary>A call as its source's plan lets it in: what is blocked is among the refused, what is to be marked is marked.</summary>
    public async ValueTask<TrackingCall.Items> CheckAsync(string source, TrackingCall.Items call, CancellationToken cancel) =>
        call.Taken.Count == 0 || await OfAsync(source, cancel) is not { } plan ? call : Check(plan, source, call, isCounted: true);

    /// <summary>The same for a plan that need not be kept; nothing is counted.</summary>
    public static TrackingCall.Items Try(Plan plan, TrackingCall.Items call) => Check(plan, "", call, null);

    private TrackingCall.Items Check(Plan plan, string source, TrackingCall.Items call, bool isCounted) => Check(plan, source, call, isCounted ? violations : null);

    private static TrackingCall.Items Check(Plan plan, string source, TrackingCall.Items call, Violations? counts)
    {
        List<Item>? taken = null;
        List<Rejected>? refused = null;
        for (var i = 0; i < call.Taken.Count; i++)
        {
            var item = call.Taken[i];
            var verdict = PlanCheck.Check(plan, item.Body);
            if (verdict.Violations.Count > 0) counts?.Add(source, verdict.Event, verdict.Violations);
            if (verdict.Blocked is not null || verdict.Body is not null) taken ??= [.. call.Taken.Take(i)];
            if (verdict.Blocked is { } reason) (refused ??= [.. call.Refused]).Add(new(item.Index, reason, Named(item)));
            else taken?.Add(verdict.Body is { } body ? item with { Body = body } : item);
        }
        refused?.Sort((a, b) => a.Index.CompareTo(b.Index));
        return taken is null ? call : new(taken, refused ?? call.Refused, call.WriteKey);
    }

    // The id goes with it, so that a replay is known again beside whatever sends it a second time.
    private static ReadOnlyMemory<byte> Named(Item item)
    {
        if (item.Body.Span.IndexOf("\"messageId\""u8) >= 0) return item.Body;
        return Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(item.Body.Span[..^1])},\"messageId\":{JsonSerializer.Serialize(item.MessageId)}}}");
    }

    // What nobody changed is not compiled again.
    private async Task<Loaded> LoadAsync(CancellationToken cancel)
    {
        var rows = await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select name, updated_at from plan order by name"), r => string.Create(CultureInfo.InvariantCulture, $"{r.Text(0)} {r.Time(1).UtcTicks}"), cancel), cancel);
        var changes = string.Join('\n', rows);
        if (_loaded is { Value: var known } && known.Changes == changes) return known;
        var bySource = new Dictionary<string, Plan>(StringComparer.Ordinal);
        foreach (var plan in await ListAsync(cancel)) foreach (var source in plan.Sources) bySource[source] = plan;
        var loaded = new Loaded(bySource, changes);
        _loaded = new(loaded, time);
        return loaded;
    }
}
