namespace Kendt.Samples;

/// <summary>Writes the truth, in the folder <c>truth</c>, and the list of goods.</summary>
internal static class TruthFiles
{
    public static async Task WriteAsync(Export export)
    {
        Directory.CreateDirectory(export.PathOf("truth"));
        await PeopleAsync(export);
        await IdentitiesAsync(export);
        await CampaignsAsync(export);
        await ProductsAsync(export);
    }

    private static async Task PeopleAsync(Export export)
    {
        await using var csv = export.Csv(
            "truth/people.csv",
            "person_id,first_name,last_name,birthday,household_id,lifecycle,churn_date,"
            + "favourite_categories,expected_yearly_value,is_member");
        foreach (var life in export.World.Lives)
        {
            var person = life.Person;
            var churned = life.Leaves < export.Calendar.Closes;
            var club = life.Club.LastOrDefault();
            var member = club?.Action is "started" or "renewed" && club.PeriodEnd > export.Calendar.End;
            var basket = 1.97 * export.World.Setting.Catalogue.ExpectedPrice(person.Tastes, person.Habits.PriceLevel);
            var yearly = churned ? 0 : person.Habits.YearlyPurchases * (member ? LifeStory.ClubEffect : 1) * basket;
            csv.Row(
                person.Id, person.Given, person.Family, Written.Iso(person.Birthday), person.Home.Id, churned ? "churned" : "active",
                churned ? Written.Iso(DateOnly.FromDateTime(life.Leaves)) : "",
                string.Join(';', person.Tastes.Favourites.Select(favourite => Catalogue.Categories[favourite].Name)),
                Written.Money((decimal)yearly), member ? "yes" : "no");
        }
    }

    private static async Task IdentitiesAsync(Export export)
    {
        await using var csv = export.Csv("truth/identities.csv", "person_id,source,key");
        foreach (var (person, source, key) in export.Truth.Links) csv.Row(person, source, key);
    }

    private static async Task CampaignsAsync(Export export)
    {
        await using var csv = export.Csv("truth/campaigns.csv", "campaign,topic,sent_at,person_id,treated,opened,clicked");
        var treatments = export.World.Lives.SelectMany(life => life.Treatments).OrderBy(treatment => treatment.Campaign.Number);
        foreach (var (campaign, person, treated, opened, clicked) in treatments)
        {
            csv.Row(
                campaign.Name, campaign.Topic.Name, Written.Iso(campaign.SentAt), person.Id, treated ? "yes" : "no", opened ? "yes" : "no",
                clicked ? "yes" : "no");
        }
    }

    private static async Task ProductsAsync(Export export)
    {
        await using var csv = export.Csv("products.csv", "product_id,name,category,price,cost");
        foreach (var product in export.World.Setting.Catalogue.Products)
            csv.Row(product.Id, product.Name, product.Category.Name, Written.Money(product.Price), Written.Money(product.Cost));
    }
}
