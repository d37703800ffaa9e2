-- Sign-ins: admin@crm.com / admin123, manager@crm.com / manager123, user@crm.com / user123.

INSERT INTO users (email, password_hash, name, role) VALUES
  ('admin@crm.com', '$2b$12$ytj6iji9ZgiIgiJAciuFveVoXyMASC0fehps2IepjDRMPRpmsAoJe', 'System Administrator', 'admin'),
  ('manager@crm.com', '$2b$10$HAx467Dm0/o60fLhR4g9c.368IwVzVA4VLp.U8M2JiRqepfi2CPry', 'Sales Manager', 'manager'),
  ('user@crm.com', '$2b$10$x6LAuMsuxUqn3xQpQNQvWunYYQhrTSqT7ITB6m.mu711rJuYWQTLO', 'Sales Representative', 'user')
ON CONFLICT (email) DO NOTHING;
