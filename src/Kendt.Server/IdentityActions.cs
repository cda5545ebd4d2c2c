using System.Globalization;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Host;
using Kendt.Store;
using Kendt.Unify;

namespace Kendt.Server;

/// <summary>What people decide about identity, from the API, the command line and Studio: one ledger transaction with documents and audit, then the rest follows.</summary>
public sealed class IdentityActions(PipelineRooms rooms, Decisions decisions, Audit audit, Pipeline pipeline, Pulse pulse, TimeProvider time)
{
    // As long as a caller waits for events and traits to follow; they do so anyway.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Who asks, and whether only to see what would come of it.</summary>
    public sealed record Asking(string Actor, string Reason, bool IsPreview);

    public Task<IdentityOutcome> ConfirmAsync(Identifier left, Identifier right, Asking asking, CancellationToken cancel) => RunAsync((s, by) => decisions.ConfirmAsync(s, left, right, by, cancel), asking, cancel);

    public Task<IdentityOutcome> ForbidAsync(Identifier left, Identifier right, Asking asking, CancellationToken cancel) => RunAsync((s, by) => decisions.ForbidAsync(s, left, right, by, cancel), asking, cancel);

    public Task<IdentityOutcome> SplitAsync(ProfileId profile, IReadOnlyCollection<Identifier> moved, Asking asking, CancellationToken cancel) => RunAsync((s, by) => decisions.SplitAsync(s, profile, moved, by, cancel), asking, cancel);

    public Task<IdentityOutcome> RemoveAsync(Identifier identifier, Asking asking, CancellationToken cancel) => RunAsync((s, by) => decisions.RemoveAsync(s, identifier, by, cancel), asking, cancel);

    public Task<IdentityOutcome> QuarantineAsync(Identifier identifier, Asking asking, CancellationToken cancel) => RunAsync((s, by) => decisions.QuarantineAsync(s, identifier, by, cancel), asking, cancel);

    public Task<IdentityOutcome> ReleaseAsync(Identifier identifier, Asking asking, CancellationToken cancel) => RunAsync((s, by) => decisions.ReleaseAsync(s, identifier, by, cancel), asking, cancel);

    public Task<IdentityOutcome> UndoAsync(long seq, Asking asking, CancellationToken cancel) => RunAsync((s, by) => decisions.UndoAsync(s, seq, by, cancel), asking, cancel);

    private async Task<IdentityOutcome> RunAsync(Func<Session, Deciding, Task<Decided>> decide, Asking asking, CancellationToken cancel)
    {
        var by = new Deciding(asking.Actor, asking.Reason.Trim(), time.GetUtcNow());
        Decided decided;
        try
        {
            decided = await rooms.Stores.Ledger.WriteAsync(async ledger =>
            {
                var made = await decide(ledger, by);
                if (asking.IsPreview) throw new OnlyLooked(made);
                await rooms.Profiles.WriteAsync(ledger, [], made.Merges, made.Profiles, cancel);
                var verb = made.Decision.UndoneAt is null ? made.Decision.Kind.ToString().ToLowerInvariant() : "undone";
                await audit.WriteAsync(ledger, asking.Actor, "identity." + verb, made.Decision.Seq.ToString(CultureInfo.InvariantCulture), Say(made), cancel);
                return made;
            }, cancel);
        }
        catch (OnlyLooked looked)
        {
            return await OutcomeAsync(looked.Decided, isPreview: true, isPending: false, cancel);
        }
        var outcome = await OutcomeAsync(decided, isPreview: false, isPending: false, cancel);
        return decided.Moves.Count > 0 ? outcome with { IsPending = !await FollowAsync(cancel) } : outcome;
    }

    private async Task<bool> FollowAsync(CancellationToken cancel)
    {
        var until = time.GetUtcNow() + Patience;
        for (pulse.Beat(); await pipeline.IsReattributingAsync(cancel);)
        {
            if (time.GetUtcNow() > until || pipeline.Fault is not null) return false;
            await pulse.NextAsync(TimeSpan.FromMilliseconds(200), cancel);
        }
        return true;
    }

    private async Task<IdentityOutcome> OutcomeAsync(Decided decided, bool isPreview, bool isPending, CancellationToken cancel)
    {
        object?[][] names = [.. decided.Moves.Select(m => new object?[] { m.Identifier.ToString() })];
        var events = (await rooms.Stores.Warehouse.ReadAsync(s => s.ListChunkedAsync(names, rows => Sql.Of($"with v(named_by) as ({rows}) select e.named_by, count(*) from v join event_log e on e.named_by = v.named_by group by e.named_by"),
            r => (r.Text(0), r.Long(1)), cancel), cancel)).ToDictionary(c => c.Item1, c => c.Item2);
        var consents = (await rooms.Stores.Ledger.ReadAsync(s => s.ListChunkedAsync(names, rows => Sql.Of($"with v(named_by) as ({rows}) select c.named_by, count(*) from v join consent c on c.named_by = v.named_by group by c.named_by"),
            r => (r.Text(0), r.Long(1)), cancel), cancel)).ToDictionary(c => c.Item1, c => c.Item2);
        var there = await rooms.Stores.Ledger.ReadAsync(s => s.ListChunkedAsync([.. decided.Moves.Select(m => m.To).Distinct().Select(id => new object?[] { id })],
            rows => Sql.Of($"with v(profile_id) as ({rows}) select p.profile_id from v join profile p on p.profile_id = v.profile_id"), r => r.ProfileId(0), cancel), cancel);
        var shares = decided.Moves.GroupBy(m => (m.From, m.To)).Select(g => new MovedShare(g.Key.From, there.Contains(g.Key.To) ? g.Key.To : null, [.. g.Select(m => m.Identifier)],
            g.Sum(m => events.GetValueOrDefault(m.Identifier.ToString())), g.Sum(m => consents.GetValueOrDefault(m.Identifier.ToString()))));
        return new(decided.Decision, [.. shares], decided.Merges, decided.Profiles, isPreview, isPending);
    }

    private static string Say(Decided made) => string.Create(CultureInfo.InvariantCulture,
        $"{made.Decision.Kind.ToString().ToLowerInvariant()}: {made.Moves.Count} identifiers moved, {made.Merges.Count} profiles merged, {made.Profiles.Count} concerned");

    // Takes the transaction back, with what it would have done.
    private sealed class OnlyLooked(Decided decided) : Exception
    {
        public Decided Decided { get; } = decided;
    }
}
