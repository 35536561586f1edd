namespace LuohuIOC.Simulator.City;

/// <summary>What the screen shows of a running city.</summary>
public sealed record CityProgress(
    DateTimeOffset Local,
    TimeSpan Elapsed,
    double RainMmPerHour,
    double TideMetres,
    int FloodedPoints,
    int CrossedPoints,
    int Fires,
    int Faulty,
    int Gateways,
    int Connected,
    long Offered,
    long Acknowledged,
    long Readings,
    long Refused,
    long Dropped,
    string? Trouble);
