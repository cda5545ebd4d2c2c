namespace Kendt.Samples;

/// <summary>One message of the tracking API, before it is written.</summary>
/// <param name="Type">track, page, identify or group.</param>
/// <param name="Event">The event of a track, the title of a page, empty otherwise.</param>
/// <param name="SignedIn">Whether it carries the user id.</param>
internal sealed record Message(DateTime At, string Type, string Event, string Path, Visit Visit, bool SignedIn)
{
    public Product? Product { get; init; }

    /// <summary>The traits of an identify.</summary>
    public Card? Card { get; init; }

    public GoodsReturn? Return { get; init; }

    /// <summary>Whether it is the first of its visit.</summary>
    public bool First { get; init; }
}

/// <summary>The webshop: turns visits into the messages that its pages send (Segment's e-commerce specification).</summary>
internal static class Site
{
    public const string Root = "https://www.fjeldby.example";

    public static IEnumerable<Message> Messages(Person? person, Visit visit, Dice dice)
    {
        var at = visit.At;
        var signedIn = visit.SignIn == SignIn.Already;
        var path = Landing(visit, dice);
        yield return Track("page", Title(path)) with { First = true };

        if (visit.Errand == Errand.Browse && visit.SignIn == SignIn.During) yield return Identify();
        if (visit.Search is not null) yield return Track("track", "Products Searched");
        foreach (var product in visit.Viewed)
        {
            path = product.Path;
            yield return Track("track", "Product Viewed") with { Product = product };
            if (visit.Errand == Errand.Browse && dice.Chance(0.09)) yield return Track("track", "Product Added") with { Product = product };
        }

        switch (visit.Errand)
        {
            case Errand.SignUp:
                yield return Identify();
                yield return Track("track", "Signed Up");
                break;
            case Errand.Subscribe:
                yield return Identify();
                yield return Track("track", "Newsletter Subscribed");
                break;
            case Errand.Order:
                foreach (var line in visit.Purchase!.Lines)
                {
                    path = line.Product.Path;
                    yield return Track("track", "Product Added") with { Product = line.Product };
                }

                path = "/checkout";
                yield return Track("track", "Checkout Started");
                if (visit.SignIn == SignIn.During) yield return Identify();
                if (visit.Company is not null) yield return Track("group", "");
                yield return Track("track", "Order Completed");
                break;
        }

        Message Track(string type, string name)
        {
            var message = new Message(at, type, name, path, visit, signedIn);
            at = at.AddMilliseconds(dice.Between(4_000, 70_000));
            return message;
        }

        Message Identify()
        {
            signedIn = visit.Account is not null;
            var card = visit.Account?.Card;
            if (card is null && visit.Errand == Errand.Order) card = Forms.Fill(person!, Form.Webshop, at, dice, visit.Email);
            return Track("identify", "") with { Card = card ?? new Card("", "", visit.Email, "", "", "", "", "", null) };
        }
    }

    /// <summary>What the back office sends when goods came back.</summary>
    public static Message Refund(GoodsReturn back) =>
        new(back.At, "track", "Order Refunded", "", back.Visit!, back.Visit!.Account is not null) { Return = back };

    public static string Title(string path) => path switch
    {
        "/" => "Fjeldby Outdoor",
        "/konto/opret" => "Opret konto",
        "/nyhedsbrev" => "Nyhedsbrev",
        "/checkout" => "Kassen",
        _ => Catalogue.Categories.First(category => path.StartsWith($"/{category.Slug}", StringComparison.Ordinal)).Name,
    };

    private static string Landing(Visit visit, Dice dice) => visit.Errand switch
    {
        Errand.SignUp => "/konto/opret",
        Errand.Subscribe => "/nyhedsbrev",
        _ when visit.Campaign is not null => $"/{visit.Campaign.Topic.Slug}",
        _ => visit.Viewed.Count == 0 || dice.Chance(0.45) ? "/" : $"/{visit.Viewed[0].Category.Slug}",
    };
}
