namespace Kendt.Samples;

/// <summary>First names and surnames, the common ones first.</summary>
internal static class Names
{
    public static readonly string[] DanishWomen =
    [
        "Anne", "Mette", "Kirsten", "Hanne", "Anna", "Helle", "Susanne", "Lene", "Maria", "Marianne", "Camilla", "Lone", "Louise",
        "Charlotte", "Pia", "Tina", "Gitte", "Ida", "Bente", "Jette", "Julie", "Emma", "Laura", "Sofie", "Freja", "Clara", "Karen",
        "Birgit", "Sara", "Caroline", "Mathilde", "Signe", "Line", "Trine", "Rikke", "Maja", "Cecilie", "Katrine", "Nanna", "Astrid",
        "Frida", "Alberte", "Josefine", "Victoria", "Ellen", "Liv", "Sigrid", "Agnes", "Asta", "Tove", "Inge", "Lise", "Dorthe",
        "Annette", "Britt", "Stine", "Malene", "Sanne", "Heidi", "Maiken", "Bodil", "Karoline", "Johanne", "Solveig", "Ingrid",
        "Åse", "Gudrun", "Kirstine", "Elisabeth", "Margrethe", "Anne Marie", "Anne-Mette", "Gry", "Filippa", "Nikoline", "Merete",
    ];

    public static readonly string[] DanishMen =
    [
        "Peter", "Michael", "Lars", "Jens", "Thomas", "Henrik", "Søren", "Christian", "Martin", "Jan", "Morten", "Jesper", "Anders",
        "Niels", "Mads", "Rasmus", "Hans", "Per", "Ole", "Kim", "Jørgen", "Jakob", "Mikkel", "Frederik", "Kasper", "Simon", "Jonas",
        "Emil", "Oliver", "William", "Noah", "Oscar", "Lucas", "Carl", "Magnus", "Victor", "Malthe", "Alfred", "August", "Valdemar",
        "Erik", "Bjørn", "Torben", "Claus", "Brian", "Carsten", "Flemming", "Finn", "Bent", "Poul", "Kurt", "Steen", "Allan", "Kristian",
        "Andreas", "Daniel", "Sebastian", "Alexander", "Tobias", "Mathias", "Nikolaj", "Philip", "Asger", "Esben", "Troels", "Jeppe",
        "Lasse", "Nicolai", "Øjvind", "Gunnar", "Aksel", "Viggo", "Storm", "Karl Emil", "Hans Christian", "Bo", "Palle", "Leif",
    ];

    public static readonly string[] DanishFamilies =
    [
        "Nielsen", "Jensen", "Hansen", "Pedersen", "Andersen", "Christensen", "Larsen", "Sørensen", "Rasmussen", "Jørgensen", "Petersen",
        "Madsen", "Kristensen", "Olsen", "Thomsen", "Christiansen", "Poulsen", "Johansen", "Møller", "Mortensen", "Knudsen", "Jakobsen",
        "Jacobsen", "Mikkelsen", "Frederiksen", "Laursen", "Henriksen", "Lund", "Schmidt", "Eriksen", "Holm", "Kristiansen", "Clausen",
        "Simonsen", "Svendsen", "Andreasen", "Iversen", "Jeppesen", "Mogensen", "Jespersen", "Nissen", "Lauridsen", "Frandsen",
        "Østergaard", "Jepsen", "Nørgaard", "Vestergaard", "Dahl", "Kjær", "Bertelsen", "Bruun", "Søgaard", "Kjeldsen", "Lassen", "Bach",
        "Mathiesen", "Lorentzen", "Thygesen", "Winther", "Toft", "Hedegaard", "Overgaard", "Ravn", "Damgaard", "Krogh", "Skov", "Beck",
        "Bak", "Bang", "Bjerregaard", "Dam", "Villadsen", "Davidsen", "Gregersen", "Thorsen", "Nygaard", "Friis", "Munk", "Bech", "Lind",
        "Ibsen", "Eskildsen", "Bonde", "Skovgaard", "Aagaard", "Ågård", "Fisker", "Kirkegaard", "Hald", "Juul", "Bay", "Øllgaard",
    ];

    public static readonly string[] EnglishWomen =
    [
        "Olivia", "Emma", "Sarah", "Laura", "Charlotte", "Amy", "Rebecca", "Gemma", "Katie", "Lauren", "Hannah", "Sophie", "Lucy",
        "Jessica", "Emily", "Claire", "Nicola", "Karen", "Susan", "Julie", "Jacqueline", "Deborah", "Tracey", "Jane", "Helen", "Diane",
        "Margaret", "Elizabeth", "Catherine", "Victoria", "Samantha", "Michelle", "Rachel", "Alison", "Joanne", "Grace", "Amelia", "Isla",
        "Poppy", "Freya", "Megan", "Bethany", "Abigail", "Eleanor", "Harriet", "Alice", "Georgia", "Zoe", "Natalie", "Jennifer",
        "Fiona", "Heather", "Morag", "Sian", "Aisha", "Priya", "Fatima", "Niamh", "Imogen", "Philippa",
    ];

    public static readonly string[] EnglishMen =
    [
        "James", "David", "John", "Michael", "Paul", "Andrew", "Robert", "Mark", "Thomas", "Daniel", "Christopher", "Matthew", "Stephen",
        "Richard", "Joshua", "Jack", "Oliver", "Harry", "George", "William", "Samuel", "Joseph", "Benjamin", "Alexander", "Adam", "Ryan",
        "Luke", "Liam", "Jamie", "Callum", "Peter", "Simon", "Martin", "Gary", "Kevin", "Ian", "Neil", "Alan", "Graham", "Philip",
        "Edward", "Henry", "Charles", "Jonathan", "Nicholas", "Anthony", "Gareth", "Rhys", "Ewan", "Hamish", "Stuart", "Duncan",
        "Mohammed", "Imran", "Ravi", "Patrick", "Sean", "Leo", "Arthur", "Freddie",
    ];

    public static readonly string[] EnglishFamilies =
    [
        "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Robinson", "Wright", "Thompson", "Evans", "Walker",
        "White", "Roberts", "Green", "Hall", "Wood", "Jackson", "Clarke", "Patel", "Khan", "Lewis", "James", "Phillips", "Mason",
        "Mitchell", "Rose", "Davis", "Rodriguez", "Cox", "Alexander", "Morgan", "Moore", "Mills", "King", "Adams", "Garcia", "Turner",
        "Ward", "Harris", "Cooper", "Hill", "Martin", "Baker", "Scott", "Campbell", "Stewart", "MacDonald", "Murray", "Fraser", "Hughes",
        "Edwards", "Price", "Bell", "Shaw", "Ellis", "Webb", "Hunt", "Palmer", "Fletcher", "Barnes", "Knight", "Harrison", "Chapman",
        "Begum", "Ahmed", "Singh", "O'Brien", "O'Connor", "Kelly", "Murphy", "Walsh", "Lloyd", "Reid", "Marsh", "Barker", "Whitfield",
        "Ashworth", "Hargreaves", "Thornton", "Bradshaw", "Pemberton", "Blackwood",
    ];

    private const string Known = """
        Kirsten: Kis; Susanne: Sanne/Sus; Marianne: Nanne; Camilla: Milla; Louise: Lulu; Charlotte: Lotte/Charlie;
        Caroline: Caro; Mathilde: Tilde; Cecilie: Cille; Katrine: Trine/Kat; Josefine: Fine; Elisabeth: Lis/Lisbeth;
        Margrethe: Grethe; Annette: Nette; Johanne: Hanne; Nikoline: Niki; Anne Marie: Anne/Annemarie;
        Anne-Mette: Anne/Mette; Karoline: Line; Michael: Mike/Mikael; Thomas: Tom; Christian: Chris; Frederik: Frede;
        Jakob: Jake; Mikkel: Mik; Kasper: Kas; Alexander: Alex/Sander; Sebastian: Basti; Mathias: Matti; Nikolaj: Niko/Nik;
        Kristian: Kris; Andreas: Andy; Hans Christian: HC/Hans; Karl Emil: Karl; William: Will/Bill; Valdemar: Valde;
        Jørgen: Jøren; Daniel: Dan; Philip: Phil; Oliver: Ollie; Victoria: Vicky; Rebecca: Becky; Katie: Kate; Jessica: Jess;
        Nicola: Nikki; Susan: Sue; Deborah: Debbie; Margaret: Maggie/Peggy; Elizabeth: Liz/Beth; Catherine: Cathy/Kate;
        Samantha: Sam; Rachel: Rach; Joanne: Jo; Amelia: Millie; Bethany: Beth; Abigail: Abi; Eleanor: Ellie/Nell;
        Harriet: Hattie; Jennifer: Jen/Jenny; Philippa: Pippa; Jacqueline: Jackie; James: Jim/Jamie; David: Dave; John: Jack;
        Andrew: Andy; Robert: Bob/Rob; Christopher: Chris; Matthew: Matt; Stephen: Steve; Richard: Rick/Dick; Joshua: Josh;
        Samuel: Sam; Joseph: Joe; Benjamin: Ben; Peter: Pete; Edward: Ted/Ed; Henry: Harry; Charles: Charlie; Jonathan: Jon;
        Nicholas: Nick; Anthony: Tony; Patrick: Paddy/Pat; Duncan: Dunc; Mohammed: Mo
        """;

    /// <summary>What people are called by those who know them, Danish and English.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Nicknames = Known
        .Split([';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(entry => entry.Split(": "))
        .ToDictionary(entry => entry[0], entry => entry[1].Split('/'), StringComparer.Ordinal);
}
