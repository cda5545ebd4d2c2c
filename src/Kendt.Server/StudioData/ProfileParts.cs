using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Store;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>Where a customer's numbers come from.</summary>
public sealed record ProfileNumbers(Customers Customers, Measures Measures, MeasureValues Values, NextFacts Next);

/// <summary>The parts of a customer's page.</summary>
public sealed class ProfileParts(Stores stores, ProfileNumbers numbers, Consents consents, Purposes purposes, Membership membership)
{
    internal sealed record Figures(DateTimeOffset? FirstSeen, DateTimeOffset? LastSeen, IReadOnlyList<KeyMeasure> Shown);

    internal async Task<Figures> MeasuresAsync(ProfileId id, CancellationToken cancel)
    {
        if (!(await numbers.Customers.MeasuresAsync([id], cancel)).TryGetValue(id, out var m)) return new(null, null, []);
        var shown = new List<KeyMeasure>();
        if (m.Orders > 0)
        {
            shown.Add(new(MeasureKind.LifetimeSpend, new Money((decimal)m.Spend, CustomerList.Currency)));
            shown.Add(new(MeasureKind.Orders, new Count(m.Orders)));
            shown.Add(new(MeasureKind.AverageOrder, new Money((decimal)(m.Spend / m.Orders), CustomerList.Currency)));
            shown.Add(new(MeasureKind.LastOrder, new Moment(m.LastOrder!.Value)));
        }
        shown.Add(new(MeasureKind.Visits, new Count(m.Visits)));
        if (m.Returns > 0) shown.Add(new(MeasureKind.Returns, new Count(m.Returns)));
        return new(m.FirstSeen, m.LastSeen, shown);
    }

    internal async Task<IReadOnlyList<FigureView>> FiguresAsync(ProfileId id, CancellationToken cancel)
    {
        var values = await numbers.Values.OfAsync(id, cancel);
        if (values.Count == 0) return [];
        var stored = (await numbers.Measures.ListAsync(cancel)).ToDictionary(m => m.Name, StringComparer.Ordinal);
        return [.. values.Where(v => stored.ContainsKey(v.Measure)).Select(v => (Value: v, Measure: stored[v.Measure])).OrderBy(v => v.Measure.Title, StringComparer.CurrentCultureIgnoreCase)
            .Select(v => new FigureView(v.Measure.Name, v.Measure.Title, v.Value.Value, v.Value.AsOf, Events(v.Measure.Measure)))];
    }

    internal async Task<NextFactView?> NextAsync(ProfileId id, DateTimeOffset asOf, Func<string, bool> hides, CancellationToken cancel) => await numbers.Next.OfAsync(id, asOf, hides, cancel) is { } fact
        ? new(fact.Kind.ToString(), fact.At, fact.Worth is { } worth ? new Money((decimal)worth, CustomerList.Currency) : null, fact.UsualDays) : null;

    private static IReadOnlyList<string> Events(Measure measure) => measure is Ratio ratio ? [ratio.Of.Match.Name, ratio.To.Match.Name] : [((EventMeasure)measure).Match.Name];

    internal static IReadOnlyList<IdentifierView> Identifiers(Profile profile)
    {
        var links = profile.Links.SelectMany(l => new[] { (Of: l.Left, Other: l.Right, Link: l), (Of: l.Right, Other: l.Left, Link: l) }).ToLookup(l => l.Of);
        return [.. profile.Identifiers.Select(i => new IdentifierView(i.Identifier.Type, i.Identifier.Value, i.Source, i.FirstSeen,
            [.. links[i.Identifier].Select(l => new LinkView(l.Link.Rule, l.Other.Type, l.Other.Value, l.Link.Source, l.Link.Evidence, l.Link.Weight, l.Link.At, l.Link.RevokedAt))]))];
    }

    // A trait that is an object (an address) is shown field by field, all from the word that holds: two addresses are never mixed.
    internal static IReadOnlyList<TraitView> Traits(Profile profile) =>
        [.. profile.Traits.OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => Fields(t.Key, t.Value))];

    internal async Task<IReadOnlyList<ConsentView>> ConsentsAsync(ProfileId id, CancellationToken cancel)
    {
        var said = (await consents.OfAsync(id, cancel)).ToDictionary(c => c.Purpose);
        return [.. (await purposes.ListAsync(cancel)).Where(p => p.Basis is LegalBasis.Consent || said.ContainsKey(p.Name)).Select(p => said.TryGetValue(p.Name, out var c)
            ? new ConsentView(p.Name, p.Title, c.State, c.At, c.Source, c.Evidence) : new ConsentView(p.Name, p.Title, ConsentState.Unknown, null, null, null))];
    }

    internal async Task<IReadOnlyList<SegmentMark>> SegmentsAsync(ProfileId id, CancellationToken cancel)
    {
        var titles = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select name, title from segment"), r => (r.Text(0), r.Text(1)), cancel), cancel)).ToDictionary(t => t.Item1, t => t.Item2);
        return [.. (await membership.OfAsync(id, cancel)).Select(m => new SegmentMark(m.Segment, titles.GetValueOrDefault(m.Segment, m.Segment), m.EnteredAt))];
    }

    internal async Task<IReadOnlyList<MergeView>> MergesAsync(Profile profile, CancellationToken cancel)
    {
        if (profile.Merges.Count == 0) return [];
        var because = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select profile_id, evidence from merge_log where survivor_id = {profile.Id} order by seq"), r => (Id: r.ProfileId(0), Evidence: r.Text(1)), cancel), cancel))
            .GroupBy(m => m.Id).ToDictionary(m => m.Key, m => m.Last().Evidence);
        return [.. profile.Merges.Select(m => new MergeView(m.Loser, m.At, because.GetValueOrDefault(m.Loser, "")))];
    }

    private static IEnumerable<TraitView> Fields(string name, IReadOnlyList<TraitValue> words)
    {
        if (words[0].Value.ValueKind is not JsonValueKind.Object)
        {
            if (words[0].Value.ValueKind is not JsonValueKind.Null) yield return View(name, words, w => w.Value);
            yield break;
        }
        foreach (var field in words[0].Value.EnumerateObject().Select(f => f.Name).Order(StringComparer.Ordinal))
        {
            var said = words.Where(w => w.Value.ValueKind is JsonValueKind.Object && w.Value.TryGetProperty(field, out _)).ToList();
            yield return View($"{name}.{field}", said, w => w.Value.GetProperty(field));
        }
    }

    private static TraitView View(string name, IReadOnlyList<TraitValue> words, Func<TraitValue, JsonElement> value) =>
        new(name, Text(value(words[0])), words[0].Source, words[0].At, [.. words.Skip(1).Select(w => new TraitSaid(Text(value(w)), w.Source, w.At))]);

    internal static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
        JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Select(part => $"{part.Name}: {Text(part.Value)}")),
        _ => value.GetRawText(),
    };
}
