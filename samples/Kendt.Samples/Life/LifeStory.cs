namespace Kendt.Samples;

/// <summary>
/// Tells one life, week by week: mail comes, the club is renewed or not, people look, buy, send back and complain, and what
/// happens changes what comes after. Every effect that the platform should find is made here and in the parts of this folder.
/// </summary>
internal sealed class LifeStory
{
    /// <summary>For so many days before somebody leaves, interest wanes.</summary>
    private const double WaningDays = 120;

    /// <summary>How much more members of the paid club buy.</summary>
    public const double ClubEffect = 1.4;

    private readonly Setting setting;
    private readonly Person person;
    private readonly Dice dice;
    private readonly Chronicle chronicle;
    private readonly Inbox inbox;
    private readonly Club club;
    private readonly Browsing browsing;
    private readonly Buying buying;

    private LifeStory(Setting setting, Person person, Holdings holdings)
    {
        this.setting = setting;
        this.person = person;
        dice = Dice.For(setting.Options.Seed, "life", person.Number);
        chronicle = new Chronicle(person, holdings);
        var permissions = Permissions.Ask(setting, chronicle, dice);
        browsing = new Browsing(setting, chronicle, dice);
        inbox = new Inbox(setting, chronicle, permissions, browsing, dice);
        club = new Club(setting, chronicle, dice);
        buying = new Buying(setting, chronicle, browsing, dice);
    }

    public static Chronicle Tell(Setting setting, Person person, Holdings holdings)
    {
        var story = new LifeStory(setting, person, holdings);
        story.browsing.Arrive();
        var first = Math.Max(0, setting.Calendar.WeekOf(person.Lifespan.Since));
        for (var week = first; week < setting.Calendar.Weeks; week++) story.Live(week);
        return story.chronicle;
    }

    private void Live(int week)
    {
        var month = setting.Calendar.Monday(week).Month;
        var member = club.Turn(week);
        inbox.Read(week);
        var mood = Mood(week);
        GoOut(week, mood);
        var interest = mood * person.Tastes.Months[month - 1] * inbox.Push(week);
        var weekly = person.Habits.YearlyPurchases / 52 * (member ? ClubEffect : 1);
        browsing.Week(week, interest, weekly);
        for (var i = dice.Poisson(weekly * interest); i > 0; i--) buying.Buy(week, member);
        if (dice.Chance(0.0008 * mood)) chronicle.Tickets.Add(Complaints.Question(setting, chronicle, week, dice));
    }

    /// <summary>1 for a faithful customer, falling towards 0.3 in the last months, 0 for one who has left.</summary>
    private double Mood(int week)
    {
        var days = (chronicle.Leaves - setting.Calendar.Opens).TotalDays - week * 7;
        return days <= 0 ? 0 : days < WaningDays ? 0.3 + 0.7 * days / WaningDays : 1;
    }

    private void GoOut(int week, double mood)
    {
        if (!person.LivesInDenmark) return;
        foreach (var outing in setting.Programme.In(week))
        {
            if (outing.Shop.Number - 1 != person.Home.Address.Shop) continue;
            var likes = person.Tastes.Favourites.Contains(outing.Category.Number);
            if (!dice.Chance(mood * (likes ? 0.2 : 0.02))) continue;
            var at = setting.Calendar.Monday(week).ToDateTime(TimeOnly.MinValue);
            chronicle.Outings.Add(new Attendance(outing, person, Forms.Fill(person, Form.SignUpList, at, dice), dice.Chance(0.78)));
        }
    }
}
