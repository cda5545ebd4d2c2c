namespace Kendt.Samples;

/// <summary>What business customers are called and what their people do.</summary>
internal static class CompanyWords
{
    public static readonly string[] Firsts =
    [
        "Nordhavn", "Vesterhav", "Gudenå", "Limfjord", "Skovkanten", "Øresund", "Kattegat", "Lillebælt", "Storebælt", "Himmelbjerg",
        "Vadehav", "Djursland", "Fjordens", "Midtjysk", "Sydfynsk", "Bornholms", "Møllehøj", "Rebild", "Hærvejens", "Kongeå", "Fanø",
        "Mariager", "Silkeborg", "Nordkyst", "Sjællands", "Stevns", "Trelde", "Blåvand", "Hanstholm", "Karup", "Aarhusbugtens",
        "Ringkøbing", "Als", "Ejer", "Yding", "Roskildefjord",
    ];

    public static readonly (string Word, string Industry)[] Kinds =
    [
        ("Byg", "Construction"), ("Efterskole", "Education"), ("Friluftscenter", "Recreation"), ("Spejderne", "Associations"),
        ("Energi", "Energy"), ("Vind", "Energy"), ("Kommune", "Public administration"), ("Hotel", "Hospitality"),
        ("Camping", "Hospitality"), ("Skovservice", "Forestry"), ("Landinspektører", "Engineering"), ("Beredskab", "Public administration"),
        ("Kajakklub", "Associations"), ("Rejser", "Travel"), ("Entreprise", "Construction"), ("Offshore", "Energy"), ("Højskole", "Education"),
        ("Eventbureau", "Marketing"),
    ];

    public static readonly string[] Forms = [" A/S", " ApS", " A/S", " ApS", "", " I/S"];

    public static readonly (string Title, string Role)[] Titles =
    [
        ("Indkøber", "buyer"), ("Direktør", "decision maker"), ("Kontorleder", "buyer"), ("Friluftslærer", "user"),
        ("Sikkerhedschef", "decision maker"),
        ("HR Manager", "decision maker"), ("Projektleder", "user"), ("Økonomichef", "invoice"), ("Lagerchef", "user"),
        ("Event Manager", "buyer"),
    ];
}
