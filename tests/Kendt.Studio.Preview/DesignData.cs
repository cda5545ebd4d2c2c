using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

/// <summary>
/// A made-up company, Fjeld &amp; Fjord, behind every reader of Studio: the same at each start, as of a fixed moment of the
/// clock that it is given.
/// </summary>
public sealed partial class DesignData(TimeProvider time)
    : IWorkspaceReader, ITodayReader, IPeopleReader, IDataReader, IDataWriter, ISegmentReader, IActivationReader, IAudienceReader, IGovernReader, IIdentityReader, IIdentityWriter
{
    private DateTimeOffset Now => time.GetUtcNow();

    public Task<WorkspaceView> ReadAsync(CancellationToken cancel) => Task.FromResult(new WorkspaceView("Fjeld & Fjord", "0.1.0"));

    public Task<Overview> OverviewAsync(CancellationToken cancel) =>
        Task.FromResult(new Overview(20_412, 148, 1_284_903, 9, 7, Now.AddSeconds(-38), Now));

    public Task<IReadOnlyList<CustomerLine>> HelpAsync(int limit, System.Security.Claims.ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult<IReadOnlyList<CustomerLine>>([new(new(new Guid("00000000-0000-7000-8000-000000000001")), "Jens Holm", "Delivery", null, time.GetUtcNow().AddHours(-2))]);

    public Task<IReadOnlyList<Answer>> AnswersAsync(CancellationToken cancel)
    {
        var asOf = Now.AddMinutes(-4);
        IReadOnlyList<Answer> answers =
        [
            new Answered(Question.Valuable, Finding.TopTenthSpend, [new Share(0.46), new Count(1_812), new Money(18_940_220, "DKK")], asOf)
            {
                Bars = [.. People.OrderByDescending(person => person.Spend?.Value).Take(4).Select(person =>
                    new Bar(person.Name, person.Spend!, (double)(person.Spend!.Value / 92_000m), $"/people/{person.Id}"))],
                Link = "/people?order=Spend",
            },
            new Answered(Question.Personalise, Finding.KnownWell, [new Count(16_204), new Count(9_871)], asOf) { Link = "/people" },
            new Answered(Question.Interests, Finding.MostBought, [new Words("Hiking boots"), new Share(0.18), new Count(3_204)], asOf)
            {
                Bars = [new("Hiking boots", new Share(0.18), 1), new("Shell jackets", new Share(0.14), 0.78), new("Rucksacks", new Share(0.11), 0.61), new("Tents", new Share(0.07), 0.39)],
                Link = "/segments",
            },
            new Answered(Question.NextAction, Finding.BasketsLeft, [new Count(318), new Money(287_400, "DKK")], asOf)
            {
                Curve = Days(30, 11, 40, 12), Link = "/segments/left-a-basket",
            },
            new Answered(Question.Churn, Finding.GoneQuiet, [new Count(2_347), new Share(0.115), new Money(4_120_900, "DKK")], asOf)
            {
                Curve = Days(30, 5, 2_250, 60), Link = "/segments/gone-quiet",
            },
            new Needs(Question.Attributes, Need.Model),
            new Answered(Question.Reach, Finding.Reachable, [new Count(14_022), new Words("email"), new Count(12_940)], asOf)
            {
                Bars = [new("email", new Count(12_940), 1), new("sms", new Count(8_115), 0.63), new("web", new Count(5_260), 0.41), new("post", new Count(4_982), 0.39)],
            },
            new Answered(Question.Audience, Finding.DevicesByCategory, [new Count(100_000), new Count(24), new Count(6_240)], asOf)
            {
                Bars = [new("Outdoor/Hiking", new Count(31_204), 1), new("Travel/Nordic", new Count(24_870), 0.8), new("Sport/Running", new Count(18_022), 0.58)],
                Link = "/devices",
            },
        ];
        return Task.FromResult(answers);
    }

    /// <summary>A curve that looks like a business: weeks with quieter weekends, the same for the same seed.</summary>
    private List<Point> Days(int days, int seed, double level, double swing, int step = 1)
    {
        var random = new Random(seed);
        var first = new DateTimeOffset(Now.Date, TimeSpan.Zero).AddDays(step > 0 ? -days + 1 : 0);
        return [.. Enumerable.Range(0, days).Select(day =>
        {
            var at = first.AddDays(day);
            var weekend = at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? -0.8 : 0.25;
            return new Point(at, Math.Round(Math.Max(0, level + (swing * (weekend + (random.NextDouble() - 0.5) + (0.6 * day / days))))));
        })];
    }
}
