DROP TABLE entitlement_grants;
