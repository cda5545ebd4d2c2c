namespace Kendt.Samples;

/// <summary>Support, the sign-up lists of outings, and the paid club.</summary>
internal static class ServiceFiles
{
    public static async Task<DemoFile> TicketsAsync(Export export)
    {
        const string name = "support-tickets.csv";
        await using var csv = export.Csv(
            name, "ticket_id,opened_at,closed_at,email,phone,channel,category,subject,message,language,rating");
        var tickets = export.World.Lives.SelectMany(life => life.Tickets)
            .Where(ticket => export.Calendar.Holds(ticket.At)).OrderBy(ticket => ticket.At);
        foreach (var ticket in tickets)
        {
            var id = $"T{csv.Rows + 1:D5}";
            var dice = Dice.For(export.Options.Seed, "ticket", csv.Rows);
            var (subject, message) = Letters.Write(ticket, ticket.Purchase is null ? "" : export.World.NumberOf(ticket.Purchase), dice);
            var card = Forms.Fill(ticket.Person, Form.Office, ticket.At, dice);
            var byPhone = ticket.Channel == "phone";
            var phone = byPhone ? ticket.Person.Mobile is { } mobile ? Typing.Phone(mobile, dice) : card.Phone : "";
            var email = byPhone && dice.Chance(0.7) ? "" : card.Email;
            csv.Row(
                id, Written.Iso(ticket.At), export.Calendar.Holds(ticket.ClosedAt) ? Written.Iso(ticket.ClosedAt) : "", email, phone,
                ticket.Channel, ticket.Topic, subject, message, ticket.Person.Language,
                ticket.Rating is { } rating ? Written.Whole(rating) : "");
            export.Truth.Row(ticket.Person.Id, "support", id, email, phone);
        }

        return Export.Entry(name, "support", csv.Rows);
    }

    public static async Task<DemoFile> AttendanceAsync(Export export)
    {
        const string name = "event-attendance.csv";
        await using var csv = export.Csv(name, "attendance_id,event,date,name,email,phone,attended");
        var dice = Dice.For(export.Options.Seed, "lists");
        var entries = export.World.Lives.SelectMany(life => life.Outings)
            .OrderBy(entry => entry.Outing.Date).ThenBy(entry => entry.Outing.Number);
        foreach (var entry in entries)
        {
            var id = $"A{csv.Rows + 1:D5}";
            var date = entry.Outing.Date;
            var written = entry.Outing.Number % 3 == 0 ? $"{date.Day}/{date.Month} {date.Year}" : Written.Danish(date);
            var fullName = dice.Chance(0.05) ? $"{entry.Card.Last}, {entry.Card.First}" : entry.Card.FullName;
            csv.Row(id, entry.Outing.Name, written, fullName, entry.Card.Email, entry.Card.Phone, entry.Attended ? "yes" : "no");
            export.Truth.Row(entry.Person.Id, "event-attendance", id, entry.Card.Email, entry.Card.Phone);
        }

        return Export.Entry(name, "event-attendance", csv.Rows);
    }

    public static async Task<DemoFile> ClubAsync(Export export)
    {
        const string name = "club-memberships.csv";
        await using var csv = export.Csv(name, "membership_id,loyalty_no,action,at,period_end,fee,plan");
        var rows = export.World.Lives.SelectMany(life => life.Club).OrderBy(row => row.At);
        var members = new Dictionary<int, string>();
        foreach (var row in rows)
        {
            if (!members.TryGetValue(row.Person.Number, out var id)) members[row.Person.Number] = id = $"M{members.Count + 1:D5}";
            var fee = row.Action is "started" or "renewed" ? row.Fee : 0;
            csv.Row(id, row.Card, row.Action, Written.Iso(row.At), Written.Iso(row.PeriodEnd), Written.Money(fee), row.Plan);
            export.Truth.Link(row.Person.Id, "club", id);
        }

        return Export.Entry(name, "club", csv.Rows);
    }
}
