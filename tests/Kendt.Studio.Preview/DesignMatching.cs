using System.Security.Claims;
using Kendt.Model;
using Kendt.Studio.Data;
using Kendt.Unify.Batch;
using Kendt.Unify.Matching;

namespace Kendt.Studio.Preview;

/// <summary>Matching at the made-up company.</summary>
public sealed class DesignMatching(bool empty) : IMatchDesk
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);
    private static readonly Identifier Card = new("record:loyalty", "004812"), Account = new("record:webshop", "u-20417");

    private static readonly SideBySide Pair = new(Card, Account,
        [new("firstName", "Anne", "Anne"), new("lastName", "Jensen", "Jensn"), new("email", "anne.jensen@mail.example", "aj@work.example"), new("birthday", "1981-04-17", null), new("address.street", "Nygade 4", "Nygade 4, 2. tv")],
        0.93, 3.7, [new("before anything is compared", "how rare pairs of one are among all", -11.2), new("firstname", "equal", 5.1), new("lastname", "a typing error", 4.9), new("email", "different", -1.4), new("place", "the place as a whole; people move", 6.3)]);

    private static readonly MatchSummary Found = new()
    {
        Units = 25_104,
        Before = 19_870,
        After = 18_655,
        Merged = 1_215,
        LinksAdded = 1_221,
        Forbidden = 3,
        Contradicted = 58,
        ToReview = 200,
        Alarms = 1,
        Fields =
        [
            new("loyalty", false, "firstName", Meaning.GivenName, 0.95, "its name and its values agree", 1, false), new("loyalty", false, "email", Meaning.Email, 0.95, "its name and its values agree", 0.81, false),
            new("loyalty", false, "loyaltyPoints", Meaning.Nothing, 0.7, "neither its name nor its values say who somebody is", 1, false), new("webshop", false, "address.street", Meaning.Street, 1, "the configuration says so", 0.9, true),
        ],
        Kinds = [new(false, 25_104, 1.9, true, 391_002, 9_120, 44, [.. Enumerable.Range(-6, 47).Select(b => new WeightBin(b, b < 0 ? 600 + b * 60 : 20 + b * b * 2, b < 0 ? 600 + b * 60 : Math.Max(0, 90 - b * 4), Math.Max(0, 12 - b)))], [])],
        Sources = [new("loyalty", "loyalty", false, 410, 395, 61), new("loyalty", "webshop", false, 4_021, 240, 188)],
        Segments = [new("hikers", 212, 9, 160)],
    };

    /// <summary>What was done, for tests.</summary>
    public List<string> Done { get; } = [];

    /// <summary>The configuration that was kept last.</summary>
    public MatchConfig Config { get; private set; } = MatchConfig.Default;

    private MatchRunRow? Run => empty ? null : new(new("0192d1a0-0000-7000-8000-0000000000e1"), MatchState.Planned, "", "member:signe@fjeld.example", 0, Found, null, Now.AddMinutes(-6), Now.AddMinutes(-5), null, 0, new());

    public Task<MatchBoard> BoardAsync(ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(new MatchBoard(Config, Run, true));

    public Task<MatchExamples> ExamplesAsync(Guid run, double bits, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(new MatchExamples([Pair], [Pair with { Chance = 0.41, Bits = -0.5 }]));

    public Task<MergingView> MergeAsync(string? trait, ClaimsPrincipal who, CancellationToken cancel)
    {
        MergeWord crm = new("+45 20 30 40 50", "crm", Now.AddDays(-40), null), shop = new("+45 21 22 23 24", "webshop", Now.AddDays(-2), "mobile");
        return Task.FromResult(new MergingView(new(1_204,
            [new("phone", 18_020, 5_703, 1_204, ["x"]), new("address", 19_400, 7_391, 0, ["x"]), new("firstName", 19_742, 1_460, 0, ["x"]), new("gender", 14_381, 0, 0, [])], [new("reachable", 31, 4)]),
            ["crm", "loyalty", "webshop"], trait ?? "phone", [new(new(new("0192d1a0-0000-7000-8000-000000000001")), "Anne Jensen", shop, crm, [crm, shop])]));
    }

    public Task SaveAsync(MatchConfig config, ClaimsPrincipal who, CancellationToken cancel)
    {
        Config = config;
        return Note("save");
    }

    public Task PlanAsync(ClaimsPrincipal who, CancellationToken cancel) => Note("plan");

    public Task ApplyAsync(Guid run, ClaimsPrincipal who, CancellationToken cancel) => Note("apply");

    public Task<ChangesView?> ChangesAsync(ChangeKind? kind, bool onlyAlarms, int page, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(Run is { } run
        ? new ChangesView(run, [new(new(1, ChangeKind.Merged, [new(new("0192d1a0-0000-7000-8000-000000000001")), new(new("0192d1a0-0000-7000-8000-000000000002"))], 14, 0.93, "large"), [new(true, "learnt", Pair)])], page, 20, false, true) : null);

    public Task<ReviewView?> ReviewAsync(long? number, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(Run is { } run ? new ReviewView(run.Id, Done.Count, Pair, 200 - Done.Count, Done.Count, true) : null);

    public Task AnswerAsync(Guid run, long number, string answer, ClaimsPrincipal who, CancellationToken cancel) => Note($"{number} {answer}");

    private Task Note(string what)
    {
        Done.Add(what);
        return Task.CompletedTask;
    }
}
