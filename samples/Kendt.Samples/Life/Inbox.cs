namespace Kendt.Samples;

/// <summary>
/// The newsletters of one person. Chance alone chooses who is sent each one (nine in twenty of those who allow it), so that its effect
/// can be measured: whoever is sent one buys a little more for two weeks, and whoever clicks, a lot.
/// </summary>
internal sealed class Inbox(Setting setting, Chronicle chronicle, Permissions permissions, Browsing browsing, Dice dice)
{
    private const double TreatedShare = 0.45;
    private const double SentEffect = 1.2;
    private const double ClickEffect = 3.0;

    private readonly bool abandoned =
        permissions.Mailbox.Length > 0 && permissions.Mailbox == chronicle.Person.OldEmail && dice.Chance(0.4);

    private int sentWeek = -9;
    private int clickedWeek = -9;
    private int bounces;

    /// <summary>How much more somebody buys because of what came in the last two weeks.</summary>
    public double Push(int week) => week - clickedWeek < 2 ? ClickEffect : week - sentWeek < 2 ? SentEffect : 1;

    public void Read(int week)
    {
        foreach (var campaign in setting.Programme.SentIn(week))
            if (bounces < 2 && permissions.AllowsMail(campaign.SentAt)) Receive(campaign, week);
    }

    private void Receive(Campaign campaign, int week)
    {
        var habits = chronicle.Person.Habits;
        var treated = dice.Chance(TreatedShare);
        var opened = false;
        var clicked = false;
        if (treated)
        {
            Note(campaign, "sent", campaign.SentAt.AddSeconds(dice.Below(3600)));
            if (dice.Chance(abandoned ? 0.7 : 0.004))
            {
                bounces++;
                Note(campaign, "bounced", campaign.SentAt.AddSeconds(3600 + dice.Below(600)));
            }
            else
            {
                var gone = campaign.SentAt >= chronicle.Leaves;
                var likes = chronicle.Person.Tastes.Favourites.Contains(campaign.Topic.Number);
                sentWeek = week;
                var opens = dice.Chance(habits.Opens * (gone ? 0.3 : 1) * (likes ? 1.4 : 0.9));
                var clicks = opens && dice.Chance(habits.Clicks * (gone ? 0.3 : 1) * (likes ? 2 : 0.7));
                if (opens) (opened, clicked) = Open(campaign, week, clicks, gone);
            }
        }

        chronicle.Treatments.Add(new Treatment(campaign, chronicle.Person, treated, opened, clicked));
    }

    /// <summary>Says what was done before the last day ended.</summary>
    private (bool Opened, bool Clicked) Open(Campaign campaign, int week, bool clicks, bool gone)
    {
        var at = campaign.SentAt.AddSeconds(3600 + dice.Exponential(14 * 3600));
        if (!Note(campaign, "opened", at)) return (false, false);
        if (clicks)
        {
            var click = at.AddSeconds(dice.Between(5, 90));
            if (!Note(campaign, "clicked", click)) return (true, false);
            clickedWeek = week;
            browsing.Follow(campaign, click);
            return (true, true);
        }

        if (dice.Chance(gone ? 0.06 : 0.006))
        {
            var leaving = at.AddSeconds(dice.Between(10, 60));
            if (Note(campaign, "unsubscribed", leaving)) permissions.Unsubscribe(leaving);
        }

        return (true, false);
    }

    private bool Note(Campaign campaign, string action, DateTime at)
    {
        if (at >= setting.Calendar.Closes) return false;
        chronicle.Mail.Add(new MailAction(campaign, chronicle.Person, permissions.Mailbox, action, at));
        return true;
    }
}
