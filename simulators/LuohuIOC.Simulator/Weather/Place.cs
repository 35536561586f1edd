namespace LuohuIOC.Simulator.Weather;

/// <summary>A position on a plane, in kilometres east and north of the district's middle; good to some metres over 15 km.</summary>
public readonly record struct Place(double EastKm, double NorthKm)
{
    private const double MiddleLongitude = 114.13;
    private const double MiddleLatitude = 22.565;

    public static Place Of(double longitude, double latitude) => new(
        (longitude - MiddleLongitude) * 111.320 * Math.Cos(MiddleLatitude * Math.PI / 180),
        (latitude - MiddleLatitude) * 110.574);

    public double SquaredKmTo(Place other) =>
        ((EastKm - other.EastKm) * (EastKm - other.EastKm)) + ((NorthKm - other.NorthKm) * (NorthKm - other.NorthKm));

    public double KmTo(Place other) => Math.Sqrt(SquaredKmTo(other));
}
