namespace LuohuIOC.Spatial;

/// <summary>One residents' committee (社区居民委员会) of the national list of division codes.</summary>
/// <param name="Code">12 digits.</param>
/// <param name="Name">Full name, ending in 社区居民委员会.</param>
public sealed record ResidentsCommittee(string Code, string Name);

/// <summary>One of the ten streets (街道).</summary>
/// <param name="Code">9 digits, division codes of the National Bureau of Statistics.</param>
/// <param name="Name">For example 黄贝街道.</param>
/// <param name="Committees">The residents' committees of the national list. They are not the district's communities.</param>
/// <param name="Centres">Points from which the street's approximate region is drawn.</param>
public sealed record Street(string Code, string Name, IReadOnlyList<ResidentsCommittee> Committees, IReadOnlyList<StreetCentre> Centres);

/// <summary>A recalled point of a street, and how far around it the land is built up.</summary>
public sealed record StreetCentre(GeoPoint Point, double ReachMetres);
