using System.Security.Claims;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

/// <summary>Segments at work: people come and go, and a rule is written.</summary>
public sealed partial class DesignData : ISegmentDesk
{
    /// <summary>What was saved last.</summary>
    public (string Name, string Json)? Saved { get; private set; }

    public Task<SegmentLife?> LifeAsync(string name, CancellationToken cancel) => Task.FromResult(SegmentRows().Exists(r => r.Name == name) ? new SegmentLife(name == "left-a-basket", 12_000, 20_400, 38, 17,
    [
        .. People.Skip(3).Take(6).Select((p, i) => new SegmentMove(p.Id, p.Name, i % 3 != 1, Now.AddMinutes(-7 * i - 1), ((string[])["event", "time", "trait", "consent", "merge", "check"])[i], ((string[])["Order Completed", "", "club_tier", "email_marketing", "", ""])[i])),
    ]) : null);

    Task<WhyView?> ISegmentDesk.WhyAsync(string name, string who, ClaimsPrincipal asker, CancellationToken cancel) => Task.FromResult(who == "nobody" ? null : new WhyView(People[4].Id, People[4].Name, false, Now.AddDays(12),
    [
        new("the sum of total over \"Order Completed\" in the last 365 days is at least 5000", true, ["sum of total = 7420.5", "6 of 'Order Completed'", "2026-10-04T11:20:00Z Order Completed, total = 1299"]),
        new("club_tier is one of (\"Silver\", \"Gold\")", false, ["club_tier = \"Bronze\""]),
    ]));

    public Task<RuleWords> WordsAsync(CancellationToken cancel) =>
        Task.FromResult(new RuleWords(["club_tier", "city", "email"], ["Order Completed", "Product Viewed"], ["gold-members", "hikers"], ["email_marketing", "profiling"], ["email", "loyalty_no", "user_id"]));

    public Task<RulePreview> PreviewAsync(string json, CancellationToken cancel)
    {
        try
        {
            return Task.FromResult(new RulePreview(FilterSentence.English(FilterJson.Parse(json)), 862, null));
        }
        catch (BadInputException fault)
        {
            return Task.FromResult(new RulePreview("", 0, fault.Message));
        }
    }

    public Task<IReadOnlyList<DefectView>> DefectsAsync(int most, CancellationToken cancel) => Task.FromResult<IReadOnlyList<DefectView>>(
        [new("hikers", People[4].Id, Now.AddHours(-7), true, true, false, [new("club_tier is \"Gold\"", true, false, ["club_tier = \"Gold\""]), new("at least one \"Product Viewed\"", true, true, ["3 of 'Product Viewed'"])])]);

    public Task SaveAsync(string name, string json, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (name.Length == 0) throw new BadInputException("A segment's name has 1 to 100 characters.");
        Saved = (name, json);
        return Task.CompletedTask;
    }
}

/// <summary>A workspace without segments.</summary>
public sealed class EmptySegments : ISegmentDesk
{
    public Task<SegmentLife?> LifeAsync(string name, CancellationToken cancel) => Task.FromResult<SegmentLife?>(null);
    Task<WhyView?> ISegmentDesk.WhyAsync(string name, string who, ClaimsPrincipal asker, CancellationToken cancel) => Task.FromResult<WhyView?>(null);
    public Task<RuleWords> WordsAsync(CancellationToken cancel) => Task.FromResult(new RuleWords([], [], [], [], []));
    public Task<RulePreview> PreviewAsync(string json, CancellationToken cancel) => Task.FromResult(new RulePreview("everybody", 0, null));
    public Task<IReadOnlyList<DefectView>> DefectsAsync(int most, CancellationToken cancel) => Task.FromResult<IReadOnlyList<DefectView>>([]);
    public Task SaveAsync(string name, string json, ClaimsPrincipal who, CancellationToken cancel) => Task.CompletedTask;
}
