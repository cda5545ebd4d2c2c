using System.Security.Claims;
using Kendt.Audiences;
using Kendt.Collect;
using Kendt.Profiles;
using Kendt.Server.Api;
using Kendt.Store;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>
/// The eight questions that Kendt is judged by, answered from what is there; Studio, the API and the command line word
/// the same answers. They look at everything, so they are kept for a few seconds; the moment they speak of is shown.
/// </summary>
public sealed class TodayData(TodaySources from, WholeProfile whole, TimeProvider time) : ITodayReader, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _one = new(1, 1);
    private IReadOnlyList<Answer> _last = [];
    private DateTimeOffset _lastAt;

    public async Task<Overview> OverviewAsync(CancellationToken cancel)
    {
        var asOf = time.GetUtcNow();
        var counts = await from.Profiles.CountAsync(cancel);
        var sources = await from.Sources.StatisticsAsync(cancel);
        var events = await from.Stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from event_log"), cancel), cancel);
        return new(counts.GetValueOrDefault(ProfileKind.Person), counts.GetValueOrDefault(ProfileKind.Account), events, sources.Count,
            sources.Count(s => s.LastSeen > asOf.AddDays(-1)), sources.Max(s => s.LastSeen), asOf);
    }

    public async Task<IReadOnlyList<Answer>> AnswersAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var asOf = time.GetUtcNow();
            if (asOf - _lastAt < Fresh && _last.Count > 0) return _last;
            _last =
            [
                await ValuableAsync(asOf, cancel), await PersonaliseAsync(asOf, cancel), await InterestsAsync(asOf, cancel), await NextActionAsync(asOf, cancel),
                await ChurnAsync(asOf, cancel), new Needs(Question.Attributes, Need.Model), await ReachAsync(asOf, cancel), await AudienceAsync(asOf, cancel),
            ];
            _lastAt = asOf;
            return _last;
        }
        finally
        {
            _one.Release();
        }
    }

    public async Task<IReadOnlyList<CustomerLine>> HelpAsync(int limit, ClaimsPrincipal who, CancellationToken cancel)
    {
        if ((await whole.DeniedAsync(who, cancel)).Event("Ticket Opened")) return [];
        var last = await from.Customers.HelpAsync(limit, cancel);
        var names = await from.Profiles.ReadAsync([.. last.Select(l => l.Profile)], cancel);
        return [.. last.Where(l => names.ContainsKey(l.Profile)).Select(l => new CustomerLine(l.Profile, names[l.Profile].DisplayName(), l.About is { } about && !Govern.PersonalData.LooksPersonal(about) ? about : null, null, l.At))];
    }

    private async Task<Answer> ValuableAsync(DateTimeOffset asOf, CancellationToken cancel)
    {
        var found = await from.Customers.ValuableAsync(asOf, 5, cancel);
        if (found.Buyers == 0) return new Needs(Question.Valuable, Need.Orders);
        return new Answered(Question.Valuable, Finding.TopTenthSpend, [new Share(found.TopTenthShare), new Count((found.Buyers + 9) / 10), Dkk(found.Revenue * found.TopTenthShare)], asOf)
        {
            Bars = await PeopleAsync(found.Best, cancel),
            Link = "/people?order=Spend",
        };
    }

    private async Task<Answer> PersonaliseAsync(DateTimeOffset asOf, CancellationToken cancel)
    {
        var counts = await from.Profiles.CountAsync(cancel);
        var (reachable, granted) = await from.Reach.KnownWellAsync(cancel);
        if (reachable == 0) return new Needs(Question.Personalise, Need.Customers);
        ProfileKind[] kinds = [ProfileKind.Person, ProfileKind.Account, ProfileKind.Visitor];
        return new Answered(Question.Personalise, Finding.KnownWell, [new Count(reachable), new Count(granted)], asOf)
        {
            Bars = Bars(kinds.Where(counts.ContainsKey).Select(k => ("kind." + k.ToString().ToLowerInvariant(), (double)counts[k], (Figure)new Count(counts[k]), (string?)null))),
            Link = "/people",
        };
    }

    private async Task<Answer> InterestsAsync(DateTimeOffset asOf, CancellationToken cancel)
    {
        var found = (await from.Customers.InterestsAsync(null, asOf, TimeSpan.FromDays(90), 200, cancel)).OrderByDescending(i => i.Purchases).ThenByDescending(i => i.People).ToList();
        var bought = found.Sum(i => i.Purchases);
        if (found.Count == 0 || bought == 0) return new Needs(Question.Interests, Need.Products);
        return new Answered(Question.Interests, Finding.MostBought, [new Words(found[0].Category), new Share(found[0].Purchases / (double)bought), new Count(found[0].Buyers)], asOf)
        {
            Bars = Bars(found.Take(5).Select(i => (i.Category, (double)i.Purchases, (Figure)new Share(i.Purchases / (double)bought), (string?)null))),
        };
    }

    private async Task<Answer> NextActionAsync(DateTimeOffset asOf, CancellationToken cancel)
    {
        var (people, worth) = await from.Customers.BasketsLeftAsync(asOf, TimeSpan.FromDays(7), cancel);
        return people == 0 ? new Needs(Question.NextAction, Need.Offers)
            : new Answered(Question.NextAction, Finding.BasketsLeft, [new Count(people), Dkk(worth)], asOf) { Link = "/segments/baskets-left" };
    }

    private async Task<Answer> ChurnAsync(DateTimeOffset asOf, CancellationToken cancel)
    {
        var found = await from.Customers.QuietAsync(asOf, TimeSpan.FromDays(180), 5, cancel);
        if (found.Buyers == 0) return new Needs(Question.Churn, Need.Orders);
        return new Answered(Question.Churn, Finding.GoneQuiet, [new Count(found.Quiet), new Share(found.Quiet / (double)found.Buyers), Dkk(found.QuietSpend)], asOf)
        {
            Bars = await PeopleAsync(found.Most, cancel),
            Link = "/segments/gone-quiet",
        };
    }

    private async Task<Answer> ReachAsync(DateTimeOffset asOf, CancellationToken cancel)
    {
        var channels = await from.Reach.ByChannelAsync(cancel);
        var reachable = await from.Reach.ReachableAsync(cancel);
        if (reachable == 0) return new Needs(Question.Reach, Need.Contacts);
        var best = channels.OrderByDescending(c => c.People).First();
        return new Answered(Question.Reach, Finding.Reachable, [new Count(reachable), new Words(best.Channel), new Count(best.People)], asOf)
        {
            Bars = Bars(channels.OrderByDescending(c => c.People).Select(c => (c.Channel, (double)c.People, (Figure)new Count(c.People), (string?)null))),
            Link = "/consent",
        };
    }

    private async Task<Answer> AudienceAsync(DateTimeOffset asOf, CancellationToken cancel)
    {
        var found = await from.Devices.CountAsync(asOf, 5, cancel);
        if (found.Devices == 0) return new Needs(Question.Audience, Need.Audience);
        return new Answered(Question.Audience, Finding.DevicesByCategory, [new Count(found.Devices), new Count(found.Categories), new Count(found.ExpiringSoon)], asOf)
        {
            Bars = Bars(found.Largest.Select(c => (c.Trait, (double)c.Devices, (Figure)new Count(c.Devices), (string?)null))),
            Link = "/devices",
        };
    }

    private async Task<IReadOnlyList<Bar>> PeopleAsync(IReadOnlyList<KeyMeasures> best, CancellationToken cancel)
    {
        var names = await from.Profiles.ReadAsync([.. best.Select(b => b.Profile)], cancel);
        return Bars(best.Where(b => names.ContainsKey(b.Profile)).Select(b => (names[b.Profile].DisplayName(), b.Spend, (Figure)Dkk(b.Spend), (string?)("/people/" + b.Profile))));
    }

    private static IReadOnlyList<Bar> Bars(IEnumerable<(string Label, double Value, Figure Figure, string? Link)> rows)
    {
        var all = rows.ToList();
        var longest = all.Count == 0 ? 1 : Math.Max(1e-9, all.Max(r => r.Value));
        return [.. all.Select(r => new Bar(r.Label, r.Figure, Math.Clamp(r.Value / longest, 0, 1), r.Link))];
    }

    private static Money Dkk(double value) => new((decimal)value, CustomerList.Currency);

    public void Dispose() => _one.Dispose();
}

/// <summary>The rooms that the answers come from.</summary>
public sealed record TodaySources(Stores Stores, ProfileReader Profiles, Customers Customers, Sources Sources, Reach Reach, Devices Devices);
