using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Simulator.Registry;

/// <summary>
/// What the simulator knows of a registered sensor: position in degrees of WGS84; downstream is the next sensor in the drainage
/// network, null at an end or off the network.
/// </summary>
public sealed record CitySensor(
    string Id, SensorKind Kind, string Name, string Street, double Longitude, double Latitude, string Gateway, string? Downstream);
