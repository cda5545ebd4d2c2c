namespace Kendt.Samples;

/// <summary>Writes what people write to support: the mood of the text is the mood of the ticket.</summary>
internal static class Letters
{
    private static readonly Dictionary<(string Topic, bool Danish), Text> Texts = new()
    {
        [("delivery", true)] = new(
            "Levering",
            "Min ordre {order} er stadig ikke kommet, og det er nu over en uge for sent. Det er simpelthen for dårligt.",
            "Hvornår kan jeg forvente min levering?",
            "Pakken kom allerede dagen efter, perfekt!"),
        [("delivery", false)] = new(
            "Delivery",
            "My order {order} still has not arrived and it is over a week late. This is really not good enough.",
            "When can I expect my delivery?",
            "The parcel came the very next day, perfect!"),
        [("product", true)] = new(
            "Spørgsmål om en vare",
            "Jeg er meget skuffet over \"{product}\". Den gik i stykker på den første tur, og jeg vil have mine penge tilbage.",
            "Kan I fortælle mig, om \"{product}\" kan vaskes, og hvad den vejer?",
            "Tusind tak for den gode hjælp. \"{product}\" er fantastisk, og vi er meget glade for den."),
        [("product", false)] = new(
            "A product question",
            "I am very disappointed with the \"{product}\". It broke on the first trip, and I want my money back.",
            "Could you tell me whether the \"{product}\" can be washed, and what it weighs?",
            "Thank you so much for your help. The \"{product}\" is fantastic, we love it."),
        [("return", true)] = new(
            "Retur",
            "Jeg har sendt varen retur for tre uger siden, og jeg har hverken hørt fra jer eller fået penge. Elendig service.",
            "Hvordan returnerer jeg en vare?",
            "Det var nemt at bytte, tak."),
        [("return", false)] = new(
            "Return",
            "I sent the item back three weeks ago, and I have had neither an answer nor a refund. Terrible service.",
            "How do I return an item?",
            "The exchange was easy, thanks."),
        [("shop", true)] = new(
            "Butikken",
            "Personalet var uvenligt, køen var lang, og ingen ville hjælpe mig. Jeg kommer ikke igen.",
            "Hvornår har butikken åbent?",
            "Sikke en dejlig betjening i butikken! Stor ros til personalet."),
        [("shop", false)] = new(
            "Your shop",
            "The staff were rude, the queue was long, and nobody would help me. I will not come back.",
            "What are your opening hours?",
            "What lovely service in the shop! Full marks to the staff."),
        [("size", true)] = new(
            "Størrelse",
            "Størrelsesguiden er forkert.",
            "Hvilken størrelse skal jeg vælge til \"{product}\"? Jeg er 178 cm, og bruger normalt M.",
            "Størrelsen passede perfekt."),
        [("size", false)] = new(
            "Sizing",
            "The size guide is wrong.",
            "Which size should I choose for the \"{product}\"? I am 178 cm, and usually take M.",
            "The size was perfect."),
        [("membership", true)] = new(
            "Medlemskab",
            "I har trukket kontingentet to gange.",
            "Hvordan ændrer jeg mit medlemskab, og hvornår udløber det?",
            "Jeg er glad for mit medlemskab."),
        [("membership", false)] = new(
            "Membership",
            "You charged the fee twice.",
            "How do I change my membership, and when does it run out?",
            "I am happy with my membership."),
        [("website", true)] = new(
            "Hjemmesiden",
            "Jeg kan ikke betale, siden går ned.",
            "Jeg kan ikke logge ind. Kan I nulstille min adgangskode?",
            "Flot ny side!"),
        [("website", false)] = new(
            "Website",
            "I cannot pay, the site crashes.",
            "I cannot sign in. Could you reset my password?",
            "Great new site!"),
    };

    public static (string Subject, string Message) Write(Ticket ticket, string order, Dice dice)
    {
        var danish = ticket.Person.Danish;
        var (subject, bad, neutral, good) = Texts[(ticket.Topic, danish)];
        var body = (ticket.Mood switch { < 0 => bad, 0 => neutral, _ => good })
            .Replace("{order}", order).Replace("{product}", ticket.Product?.Name ?? "");
        var greeting = danish ? dice.Pick(["Hej", "Kære Fjeldby", "Hej med jer"]) : dice.Pick(["Hello", "Dear Fjeldby", "Hi there"]);
        var close = danish ? dice.Pick(["Mvh", "Venlig hilsen", "Hilsen"]) : dice.Pick(["Regards", "Best wishes", "Thanks"]);
        var more = ticket.Mood < 0 && ticket.Rating is 1 or 2
            ? danish ? " Jeg handler ikke hos jer mere!" : " I will not shop with you again!"
            : "";
        return (subject, dice.Chance(0.6) ? $"{greeting},\n\n{body}{more}\n\n{close}, {ticket.Person.Given}" : body + more);
    }

    private sealed record Text(string Subject, string Bad, string Neutral, string Good);
}
