namespace Kendt.Samples;

/// <summary>How a source has people written down.</summary>
/// <param name="Errors">Multiplies every error; 1 is a webshop's form.</param>
/// <param name="NoPhone">Share without a phone number.</param>
/// <param name="NoEmail">Share without an e-mail address.</param>
/// <param name="Junk">Share with nonsense in a field that must be filled.</param>
internal sealed record Form(double Errors, double NoPhone, double NoEmail, double Junk)
{
    public static readonly Form Webshop = new(0.8, 0.25, 0, 0.002);
    public static readonly Form Loyalty = new(1.2, 0.08, 0.12, 0.002);
    public static readonly Form Partner = new(1.4, 0.2, 0.1, 0.001);
    public static readonly Form SignUpList = new(2.4, 0.4, 0.15, 0.002);
    public static readonly Form Office = new(0.8, 0.15, 0.03, 0);
}

/// <summary>Writes people down as people do: nicknames, typing errors, old addresses, swapped fields, nonsense.</summary>
internal static class Forms
{
    /// <summary>Fills in a form.</summary>
    /// <param name="at">When; earlier forms carry the earlier address and, often, the earlier e-mail.</param>
    /// <param name="email">The e-mail that was given, when it is known already (a work address, a second account).</param>
    public static Card Fill(Person person, Form form, DateTime at, Dice dice, string? email = null)
    {
        var errors = form.Errors * person.Habits.Care;
        var (first, last) = Name(person, errors, dice);
        var home = person.Home.At(at);
        if (person.Home.Before is not null && dice.Chance(0.12)) home = person.Home.Before;
        var mail = dice.Chance(form.NoEmail) ? "" : email ?? Mail(person, at, dice);
        if (mail.Length > 0)
        {
            if (dice.Chance(0.012 * errors)) mail = Typing.Slip(mail, dice);
            if (dice.Chance(0.02 * errors)) mail = dice.Chance(0.5) ? mail.ToUpperInvariant() : Typing.Capitalise(mail);
            if (dice.Chance(0.015 * errors)) mail += " ";
        }

        var number = dice.Chance(0.1) && person.Home.Landline is not null ? person.Home.Landline : person.Mobile ?? person.Home.Landline;
        var phone = number is null || dice.Chance(form.NoPhone) ? "" : Typing.Phone(number, dice);
        if (phone.Length > 0 && dice.Chance(0.008 * errors)) phone = Typing.WrongDigit(phone, dice);

        var street = Typing.Street(home.Street, errors, dice);
        DateOnly? birthday = dice.Chance(0.08) ? null : dice.Chance(0.012 * errors) ? Typing.Date(person.Birthday, dice) : person.Birthday;
        var card = new Card(
            first, last, mail, phone, street, dice.Chance(0.008 * errors) ? "" : home.Postcode,
            dice.Chance(0.03 * errors) ? Typing.Letters(home.City, dice) : home.City, home.Country, birthday);
        return dice.Chance(form.Junk) ? Nonsense(card, dice) : card;
    }

    /// <summary>The e-mail somebody gives at a time.</summary>
    public static string Mail(Person person, DateTime at, Dice dice)
    {
        if (person.OldEmail is null) return person.Email ?? "";
        var early = person.Lifespan.Since.AddDays(200) > at;
        return dice.Chance(early ? 0.55 : 0.12) ? person.OldEmail : person.Email ?? person.OldEmail;
    }

    /// <summary>True for what people write when they do not want to say: such values identify nobody.</summary>
    public static bool IsNonsense(string value) =>
        value.Trim().ToLowerInvariant() is "test@test.com" or "a@a.dk" or "nej@nej.dk" or "00000000" or "12345678" or "99999999";

    private static (string First, string Last) Name(Person person, double errors, Dice dice)
    {
        var first = person.Given;
        var last = person.MaidenName is not null && dice.Chance(0.4) ? person.MaidenName : person.Family;
        if (dice.Chance(0.05 * errors) && Names.Nicknames.TryGetValue(first, out var nicknames)) first = dice.Pick(nicknames);
        else if (dice.Chance(0.02 * errors)) first = dice.Chance(0.6) ? $"{first[0]}." : $"{first[0]}";
        else if (dice.Chance(0.05 * errors)) first = Typing.Letters(first, dice);
        else if (dice.Chance(0.02 * errors)) first = Typing.Slip(first, dice);
        if (dice.Chance(0.05 * errors)) last = Typing.Letters(last, dice);
        else if (dice.Chance(0.025 * errors)) last = Typing.Slip(last, dice);
        else if (dice.Chance(0.01 * errors)) last = $"{dice.PickEarly(Names.DanishFamilies, 1.7)} {last}";
        if (dice.Chance(0.012 * errors)) (first, last) = (last, first);
        if (dice.Chance(0.02 * errors)) (first, last) = (first.ToUpperInvariant(), last.ToUpperInvariant());
        else if (dice.Chance(0.03 * errors)) (first, last) = (first.ToLowerInvariant(), last.ToLowerInvariant());
        if (dice.Chance(0.015 * errors)) last += " ";
        if (dice.Chance(0.006 * errors)) first = "";
        return (first, last);
    }

    private static Card Nonsense(Card card, Dice dice) => dice.Below(5) switch
    {
        0 => card with { First = "x", Last = "x", Email = "test@test.com" },
        1 => card with { Phone = "12345678" },
        2 => card with { Email = dice.Chance(0.5) ? "a@a.dk" : "nej@nej.dk" },
        3 => card with { Phone = "99999999", Birthday = new DateOnly(1900, 1, 1) },
        _ => card with { Email = "test@test.com", Phone = "00000000" },
    };
}
