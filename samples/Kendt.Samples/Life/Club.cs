namespace Kendt.Samples;

/// <summary>
/// The paid club, a year at a time, open since a year before the first day. Who has left, buys little or has complained renews
/// less often.
/// </summary>
internal sealed class Club
{
    private readonly Setting setting;
    private readonly Chronicle chronicle;
    private readonly Dice dice;
    private readonly string card = "";
    private readonly bool family;
    private DateTime? periodEnd;

    public Club(Setting setting, Chronicle chronicle, Dice dice)
    {
        this.setting = setting;
        this.chronicle = chronicle;
        this.dice = dice;
        family = dice.Chance(0.3);
        if (chronicle.Holdings.Cards.Count == 0 || !dice.Chance(chronicle.Person.Child ? 0.12 : 0.42)) return;
        card = chronicle.Holdings.Cards[0].Number;
        var joined = chronicle.Holdings.Cards[0].JoinedAt;
        var opened = setting.Calendar.Opens.AddDays(-364);
        var start = (joined > opened ? joined : opened).AddDays(dice.Exponential(150));
        if (start >= setting.Calendar.Closes || start >= chronicle.Leaves) return;
        periodEnd = start.AddYears(1);
        Note("started", start);
    }

    /// <summary>Renews or ends what is due in a week; says whether the person is a member then.</summary>
    public bool Turn(int week)
    {
        var now = setting.Calendar.Opens.AddDays(week * 7);
        while (periodEnd is { } end && end < now.AddDays(7) && end < setting.Calendar.Closes)
        {
            if (dice.Chance(Loyalty(end)))
            {
                periodEnd = end.AddYears(1);
                Note("renewed", end);
            }
            else
            {
                var cancelled = dice.Chance(0.6);
                Note(cancelled ? "cancelled" : "lapsed", cancelled ? end.AddDays(-dice.Between(1.0, 40)) : end);
                periodEnd = null;
            }
        }

        return periodEnd is { } until && until.AddYears(-1) < now.AddDays(7);
    }

    private double Loyalty(DateTime end)
    {
        if (chronicle.Leaves < end) return 0.1;
        var bought = chronicle.Purchases.Count(purchase => purchase.At > end.AddDays(-240) && purchase.Total > 0);
        var complained = chronicle.Tickets.Any(ticket => ticket.Mood < 0 && ticket.At > end.AddDays(-240));
        return 0.92 - (bought == 0 ? 0.17 : 0) - (complained ? 0.35 : 0);
    }

    private void Note(string action, DateTime at) => chronicle.Club.Add(new ClubAction(
        chronicle.Person, card, action, at, DateOnly.FromDateTime(periodEnd!.Value), family ? "Plus Familie" : "Plus", family ? 449 : 299));
}
