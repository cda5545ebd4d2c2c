namespace Kendt.Samples;

/// <summary>What somebody allows: asked at the first contact, changed by a few later.</summary>
internal sealed class Permissions
{
    private static readonly (string Purpose, double Asked, double Granted)[] Questions =
    [
        ("email_marketing", 0.8, 0.78), ("sms_marketing", 0.55, 0.65), ("profiling", 0.8, 0.77), ("ad_sharing", 0.5, 0.61),
    ];

    private readonly Chronicle chronicle;
    private readonly string cardNumber;
    private DateTime? mailFrom;
    private DateTime? mailUntil;

    private Permissions(Chronicle chronicle, string mailbox, string cardNumber)
    {
        this.chronicle = chronicle;
        Mailbox = mailbox;
        this.cardNumber = cardNumber;
    }

    /// <summary>Where the newsletter goes, or empty.</summary>
    public string Mailbox { get; }

    public static Permissions Ask(Setting setting, Chronicle chronicle, Dice dice)
    {
        var person = chronicle.Person;
        var account = chronicle.Holdings.Accounts.Count > 0 ? chronicle.Holdings.Accounts[0] : null;
        var card = chronicle.Holdings.Cards.Count > 0 ? chronicle.Holdings.Cards[0] : null;
        var atCounter = account is null || (card is not null && card.JoinedAt < account.CreatedAt);
        var at = atCounter ? card!.JoinedAt : account!.CreatedAt;
        var permissions = new Permissions(chronicle, Forms.Mail(person, at, dice), card?.Number ?? "");
        var generous = dice.Normal(0, 0.15);
        foreach (var (purpose, asked, granted) in Questions)
        {
            if (!dice.Chance(asked) || (purpose == "email_marketing" && permissions.Mailbox.Length == 0)) continue;
            var yes = dice.Chance(granted + generous);
            permissions.Decide(purpose, yes ? "granted" : "denied", at, atCounter ? "shop" : "webshop");
            if (!yes) continue;
            if (purpose == "email_marketing") permissions.mailFrom = at;
            if (!dice.Chance(0.05)) continue;
            var withdrawn = at.AddDays(20 + dice.Exponential(500));
            if (withdrawn >= setting.Calendar.Closes) continue;
            permissions.Decide(purpose, "withdrawn", withdrawn, dice.Chance(0.5) ? "preference centre" : "support");
            if (purpose == "email_marketing") permissions.mailUntil = withdrawn;
        }

        return permissions;
    }

    public bool AllowsMail(DateTime at) => at >= mailFrom && !(at >= mailUntil);

    /// <summary>The link at the foot of a newsletter.</summary>
    public void Unsubscribe(DateTime at)
    {
        if (mailUntil is not null) chronicle.Decisions.RemoveAll(d => d.Purpose == "email_marketing" && d.State == "withdrawn");
        mailUntil = at;
        Decide("email_marketing", "withdrawn", at, "newsletter");
    }

    private void Decide(string purpose, string state, DateTime at, string channel) =>
        chronicle.Decisions.Add(new Decision(chronicle.Person, Mailbox, cardNumber, purpose, state, at, channel));
}
