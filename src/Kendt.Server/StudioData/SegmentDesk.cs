using System.Globalization;
using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Server.Api;
using Kendt.Segments;
using Kendt.Segments.Live;
using Kendt.Server.Host;
using Kendt.Server.Security;
using Kendt.Store;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>The rooms that know of a segment while it lives and while it is written.</summary>
public sealed record SegmentRooms(Stores Stores, Catalogue Catalogue, LiveSegments Live, Membership Membership, Evaluate Evaluate, Explain Explain, SegmentCheck Check);

/// <summary>Segments as Studio follows, explains and writes them.</summary>
public sealed class SegmentDesk(SegmentRooms rooms, WholeProfile whole, CustomerList list, Audit audit, Pulse pulse, TimeProvider time) : ISegmentDesk
{
    private const int MostMoves = 12, MostWords = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // From type to type along the key: as quick with ten million identifiers as with ten.
    private static readonly Sql IdentifierTypes = Sql.Of($"""
        with recursive t (type) as (
            select min(type) from identifier union all
            select (select min(i.type) from identifier i where i.type > t.type) from t where t.type is not null)
        select type from t where type is not null limit {(long)MostWords}
        """);

    public async Task<SegmentLife?> LifeAsync(string name, CancellationToken cancel)
    {
        if ((await rooms.Live.StatusAsync(cancel)).FirstOrDefault(s => s.Name == name) is not { } status) return null;
        var (entered, left) = await rooms.Membership.MovedAsync(name, time.GetUtcNow().AddDays(-1), cancel);
        var latest = await rooms.Membership.LatestAsync(name, MostMoves, cancel);
        var names = (await list.RowsAsync([.. latest.Select(c => c.Profile).Distinct()], measures: false, cancel)).ToDictionary(p => p.Id, p => p.Name);
        return new(status.IsBuilding, status.Done, status.Total, entered, left,
            [.. latest.Select(c => new SegmentMove(c.Profile, names.GetValueOrDefault(c.Profile, c.Profile.ToString()), c.Entered, c.At, c.Cause, c.Subject))]);
    }

    public async Task<WhyView?> WhyAsync(string name, string who, ClaimsPrincipal asker, CancellationToken cancel)
    {
        if (await rooms.Catalogue.FindAsync(name, cancel) is not { } segment || (await whole.FindAsync("user_id:" + who, asker, cancel) ?? await whole.FindAsync(who, asker, cancel)) is not { Profile: var profile }) return null;
        var (denied, contacts) = (await whole.DeniedAsync(asker, cancel), asker.May(Permission.SeeContactDetails));
        var why = await rooms.Explain.RunAsync(segment.Rule, profile.Id, time.GetUtcNow(), cancel);
        return new(profile.Id, profile.DisplayName(), why.Member, why.Until, [.. FilterLeaves.Of(segment.Rule).Zip(why.Conditions, (leaf, seen) => new WhyCondition(Sentence(leaf.Leaf), seen.Holds, DeniedRules.Seen(leaf.Leaf, seen.Seen, denied, contacts)))]);
    }

    public async Task<RuleWords> WordsAsync(CancellationToken cancel)
    {
        var (traits, events) = await rooms.Stores.Warehouse.ReadAsync(async s => (
            await s.ListAsync(Sql.Of($"select coalesce(r.shown, t.name) from trait_log t left join merge_rule r on r.name = t.name where coalesce(r.way, '') <> 'exclude' group by coalesce(r.shown, t.name) order by count(*) desc, coalesce(r.shown, t.name) limit {(long)MostWords}"), r => r.Text(0), cancel),
            await s.ListAsync(Sql.Of($"select name from event_log where type = 'track' group by name order by count(*) desc, name limit {(long)MostWords}"), r => r.Text(0), cancel)), cancel);
        var (purposes, identifiers) = await rooms.Stores.Ledger.ReadAsync(async s => (
            await s.ListAsync(Sql.Of($"select name from purpose order by name"), r => r.Text(0), cancel),
            await s.ListAsync(IdentifierTypes, r => r.Text(0), cancel)), cancel);
        return new(traits, events, (await rooms.Catalogue.ListAsync(cancel)).ConvertAll(s => s.Name), purposes, identifiers);
    }

    public async Task<RulePreview> PreviewAsync(string json, CancellationToken cancel)
    {
        try
        {
            var rule = FilterJson.Parse(json);
            return new(Sentence(rule), await rooms.Evaluate.CountAsync(rule, time.GetUtcNow(), cancel), null);
        }
        catch (BadInputException fault)
        {
            return new("", 0, fault.Message);
        }
    }

    public async Task<IReadOnlyList<DefectView>> DefectsAsync(int most, CancellationToken cancel) => [.. (await rooms.Check.DefectsAsync(most, cancel)).Select(d =>
        new DefectView(d.Segment, d.Profile, d.FoundAt, d.Live, d.ByPredicate, d.BySql, [.. d.Conditions.Select(c => new DefectCondition(c.Condition, c.ByPredicate, c.BySql, c.Seen))]))];

    public async Task SaveAsync(string name, string json, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (!who.May(Permission.EditSegments)) throw new BadInputException("Your role does not let you change segments; ask an administrator of this workspace.");
        var stored = await rooms.Catalogue.PutAsync(name, null, FilterJson.Parse(json), cancel);
        await audit.WriteAsync(who.Actor(), "segment.put", stored.Name, "", cancel);
        pulse.Beat();
        await rooms.Live.BuiltAsync(stored.Name, Patience, cancel);
    }

    private static string Sentence(Filter rule) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "da" ? FilterSentence.Danish(rule) : FilterSentence.English(rule);
}
