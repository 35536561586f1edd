namespace LuohuIOC.DeviceProtocol;

/// <summary>What a sensor is. The numbers are stored in history and on the wire: append, never renumber.</summary>
public enum SensorKind : byte
{
    Generic = 0,
    Outfall = 1,
    Pipe = 2,
    Waterlogging = 3,
    WaterQuality = 4,
    RainGauge = 5,
    Reservoir = 6,
    River = 7,
    Tide = 8,
    Slope = 9,
    Smoke = 10,
    Heat = 11,
    Parking = 12,
    Gas = 13,
    Charger = 14,
    Manhole = 15,
}
